import path from 'node:path';
import process from 'node:process';
import semverValid from 'semver/functions/valid.js';
import { type Bundle, makeBundle } from '../bundle/making.ts';
import type { BundleRequest } from '../bundle/request.ts';
import { StagedoorError } from '../failure.ts';
import type { NodeAbi } from '../natives/abi.ts';
import { readOffer } from '../natives/offer-reader.ts';
import { unwinding } from '../process/unwinding.ts';
import { nodeFileSystem } from '../store/file-system.ts';
import { asBuildError, BuildError } from './build-error.ts';
import { demandsNode, folderMisfit } from './folder-demands.ts';
import { nativeFit } from './native-fit.ts';
import type { BuilderOptions } from './options.ts';
import { shellFacts } from './shell-facts.ts';
import { archsOf, type BuildTarget, targetFacts } from './target.ts';

/** An app on its way, as a builder has laid it out. Every place is absolute. */
export type AppLayout = {
  readonly target: BuildTarget;
  /** The project's folder: where relative places begin, and where modules are looked for. */
  readonly project: string;
  readonly resources: string;
  /** The app's executable as it is now. */
  readonly executable: string;
  /** Where it will be when the app is complete, if that is elsewhere. */
  readonly finalExecutable?: string | undefined;
  /** Folders whose `node_modules` hold the target's own builds, best first. */
  readonly modules: readonly string[];
  /** A folder on the same disk, outside of the app, where the bundle is made; default: beside its place. */
  readonly workPlace?: string | undefined;
  readonly shellVersion?: string | undefined;
};

const fs = nodeFileSystem;

export const reporter =
  ({ report }: BuilderOptions) =>
  (line: string): void => {
    if (report === undefined) process.stderr.write(`stagedoor: ${line}\n`);
    else report(line);
  };

const folderOf = ({ folder = 'runtime' }: BuilderOptions, resources: string): string => {
  const dir = path.resolve(resources, folder);
  if (dir.startsWith(`${path.resolve(resources)}${path.sep}`)) return dir;
  throw new BuildError(
    'USAGE',
    `folder must be a name below the resources, got ${JSON.stringify(folder)}`,
    '',
  );
};

const versionOf = (option: 'version' | 'node', { [option]: text }: BuilderOptions): string | undefined => {
  if (text === undefined || semverValid(text) === text) return text;
  throw new BuildError('USAGE', `${option} must be an exact version, got ${JSON.stringify(text)}`, '');
};

const nativesOf = ({ natives = [] }: BuilderOptions, { modules, project }: AppLayout, from: string | null) =>
  natives.map(({ name, dir, optional }) => {
    if (dir !== undefined) return { name, dir: path.resolve(project, dir), optional };
    const homes = [...modules, ...(from === null ? [] : [from]), project];
    const places = homes.map(home => path.join(home, 'node_modules', ...name.split('/')));
    const found = places.find(place => fs.existsSync(path.join(place, 'package.json')));
    if (found !== undefined) return { name, dir: found, optional };
    throw new StagedoorError(
      'NATIVE_SOURCE_MISSING',
      `the native dependency ${name} is in none of ${places.join(', ')}`,
    );
  });

const targetName = ({ platform, arch, electron }: BuildTarget): string =>
  `${platform}-${arch}, Electron ${electron}`;

const judgeNatives = (
  { natives }: BundleRequest,
  { target }: AppLayout,
  facts: NodeAbi,
  report: (line: string) => void,
): void => {
  const copied = natives.map(({ name }) => name);
  for (const { name, dir, optional } of natives) {
    if (dir === undefined) continue;
    const offer = readOffer(fs, dir);
    if (offer === null)
      throw new StagedoorError('NATIVE_SOURCE_MISSING', `the native dependency ${name} is not at ${dir}`);
    const fit = nativeFit(offer, facts, archsOf(target), copied);
    if (fit.kind === 'fits') continue;
    const message = `for ${targetName(target)}, ${name} in ${dir} ${fit.reason}`;
    if (fit.kind === 'unfit' && optional !== true) throw new StagedoorError('NATIVE_ABI_MISMATCH', message);
    report(message);
  }
};

const judgeFolder = (
  { from, shellName, shellVersion = '0.0.0' }: BundleRequest,
  { target }: AppLayout,
  facts: NodeAbi,
): void => {
  const shell = { name: shellName, version: shellVersion };
  const misfit = from === null ? null : folderMisfit(fs, from, facts, shell);
  if (misfit === null) return;
  const { field, wanted, actual } = misfit;
  const message = `the runtime in ${from} does not run on ${targetName(target)}: its ${field} asks for ${wanted}, there it is ${actual}`;
  throw new StagedoorError('PACKAGE_INVALID', message);
};

const requestOf = (options: BuilderOptions, app: AppLayout, facts: NodeAbi): BundleRequest => {
  const { project, resources, executable, finalExecutable, workPlace } = app;
  const dir = folderOf(options, resources);
  const placed = (place: string | undefined) =>
    place === undefined ? undefined : path.resolve(project, place);
  const from = placed(options.from) ?? null;
  const exec = path.relative(dir, finalExecutable ?? executable);
  const { package: name, channel, registry, entry } = options;
  const shell = shellFacts(project, { name: options.shellName, version: app.shellVersion });
  return {
    ...{ package: name, channel, registry, entry, dir, from, workPlace, cwd: project },
    shellName: shell.name,
    shellVersion: shell.version,
    version: versionOf('version', options),
    metafile: placed(options.metafile),
    natives: nativesOf(options, app, from),
    shellExec: exec.split(path.sep).join('/'),
    exec: executable,
    execFacts: facts,
  };
};

const bundled = async (options: BuilderOptions, app: AppLayout, signal: AbortSignal): Promise<Bundle> => {
  const report = reporter(options);
  const { executable, project, target } = app;
  const facts = await targetFacts(target, { executable, project, node: versionOf('node', options) });
  const request = requestOf(options, app, facts);
  judgeFolder(request, app, facts);
  judgeNatives(request, app, facts, report);
  const bundle = await makeBundle(request, { fs, signal, report: () => undefined });
  for (const { place, reason } of bundle.coreLock.leftOut)
    report(`${place} is not in the core lock of ${bundle.package}: ${reason}`);
  if (facts.node === null && demandsNode(fs, bundle.dir))
    report(
      `engines.node of ${bundle.package} is not judged: Node's version in Electron ${target.electron} is not known here`,
    );
  return bundle;
};

/**
 * Puts the runtime into an app's resources as `stagedoor bundle` does: with natives, tree list and launch shims, for the
 * target's platform, architecture and Electron rather than for the machine that builds. The resources are complete or as
 * they were, also after an interruption. Rejects with a `BuildError`, whose one line says what failed and what to do.
 */
export const bundleIntoResources = async (options: BuilderOptions, app: AppLayout): Promise<Bundle> => {
  try {
    return await unwinding(signal => bundled(options, app, signal));
  } catch (error) {
    throw asBuildError(error);
  }
};
