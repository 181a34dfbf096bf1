import path from 'node:path';
import { diskFailure, StagedoorError } from '../failure.ts';
import { runAtLength } from '../process/long-run.ts';
import { defaultLimits, type Limits } from '../staging/limits.ts';
import type { Report } from '../staging/progress.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import type { Pin } from './dependency.ts';
import type { Fetched, FetchRequest } from './fetching.ts';
import { type Environment, runMark } from './python/environment.ts';
import { installFailure, isForLackOfArchive } from './python/install-failure.ts';
import { installedFiles } from './python/installed-files.ts';
import { chooseInstaller, type Installer, leftoverVariable } from './python/installer.ts';
import { askPip, type PipFacts } from './python/pip-facts.ts';
import { normalized, requirementsOf } from './python/requirements.ts';
import { packagesFolder } from './tree-place.ts';

const outputTail = 256 * 1024;

/** Names that may be built, as they are pinned. */
const buildableOf = ({ pins, buildable = [] }: Filling): readonly string[] => {
  const allowed = new Set(buildable.map(normalized));
  return pins.map(({ name }) => name).filter(name => allowed.has(normalized(name)));
};

/**
 * Archives alone; or, for what may be built, also a source, with the tools that the interpreter has: whatever a build would
 * fetch by itself is pinned by nobody.
 */
const formatOf = (pins: readonly Pin[], built: readonly string[]): readonly string[] => {
  if (built.length === 0) return ['--only-binary', ':all:'];
  const others = pins.map(({ name }) => name).filter(name => !built.includes(name));
  const only = others.length === 0 ? [] : ['--only-binary', others.join(',')];
  return ['--no-build-isolation', ...only];
};

/** What an interpreter is to put where. */
type Filling = Omit<FetchRequest, 'abi'>;

type Order = {
  readonly fs: FileSystem;
  readonly request: Filling;
  readonly limits: Limits;
  /** Default: that of this process. */
  readonly env?: Environment | undefined;
  /** A folder that nobody takes away when this process is killed in the middle. */
  readonly leftover?: string | undefined;
  /** Where they are known already. */
  readonly facts?: PipFacts | undefined;
};

type Attempt = Order & { readonly installer: Installer };

const targetOf = ({ tree }: Filling): string => path.join(tree, packagesFolder.python);

/** Null: done; else all that was printed. */
const install = async (
  { fs, installer, request, limits, leftover }: Attempt,
  built: readonly string[],
  signal: AbortSignal,
): Promise<string | null> => {
  const target = targetOf(request);
  fs.rmSync(target, { recursive: true, force: true });
  fs.mkdirSync(target, { recursive: true });
  const list = path.join(request.folder, 'requirements.txt');
  fs.writeFileSync(list, requirementsOf(request.pins));
  const what = ['--no-deps', '--require-hashes', ...formatOf(request.pins, built)];
  const args = [...installer.args, ...what, '--target', target, '-r', list];
  const { exec } = installer;
  const env = leftover === undefined ? installer.env : { ...installer.env, [leftoverVariable]: leftover };
  const run = { exec, args, env, cwd: request.folder, limitMs: limits.downloadMs, tail: outputTail };
  const end = await runAtLength({ ...run, mark: runMark, tethered: true }, signal);
  if (end.kind === 'timed-out')
    throw new StagedoorError('DOWNLOAD_STALLED', `${installer.name} did not end in time`);
  return end.code === 0 ? null : end.output;
};

const installPins = async (attempt: Attempt, signal: AbortSignal): Promise<void> => {
  const output = await install(attempt, [], signal);
  if (output === null) return;
  const built = buildableOf(attempt.request);
  const { name } = attempt.installer;
  if (built.length === 0 || !isForLackOfArchive(output)) throw installFailure(name, output);
  const again = await install(attempt, built, signal);
  if (again !== null) throw installFailure(name, again);
};

/** An installer that ends well and leaves something out would make a tree that lacks it for ever. */
export const assertAll = (files: readonly TreeEntry[], pins: readonly Pin[]): void => {
  const there = new Set(
    files.flatMap(({ path: file }) => {
      const [, name] = /^site-packages\/(.+?)-[^/]+\.(?:dist|egg)-info(?:\/|$)/.exec(file) ?? [];
      return name === undefined ? [] : [normalized(name)];
    }),
  );
  const missing = pins.find(({ name }) => !there.has(normalized(name)));
  if (missing !== undefined)
    throw new StagedoorError('PACKAGE_INVALID', `${missing.name} is not among what was installed`);
};

/** Puts what is pinned into `site-packages` of the tree, as the installer leaves it. Rejects as `fetchPythonPackages` does. */
export const installPinned = async (order: Order, signal: AbortSignal): Promise<void> => {
  const { fs, request, env } = order;
  const temporary = path.join(request.folder, 'temporary');
  fs.mkdirSync(temporary, { recursive: true });
  const facts = order.facts ?? (await askPip(request.exec, env));
  signal.throwIfAborted();
  const installer = chooseInstaller(request.exec, facts, temporary, env);
  await installPins({ ...order, installer }, signal);
  fs.rmSync(temporary, { recursive: true, force: true });
};

const fill = async (order: Order, signal: AbortSignal, report: Report): Promise<Fetched> => {
  const { fs, request, limits } = order;
  report({ phase: 'natives', bytes: 0, total: null });
  await installPinned(order, signal);
  let bytes = 0;
  const onBytes = (more: number): void => {
    bytes += more;
    report({ phase: 'natives', bytes, total: null });
  };
  const walk = { fs, tree: request.tree, limits, signal, onBytes };
  const files = await installedFiles(walk, packagesFolder.python);
  assertAll(files, request.pins);
  return { files };
};

/**
 * Puts exactly what is pinned into `site-packages` of the tree, by uv or by the interpreter's own pip: archives for this
 * interpreter, and a build only of what the app allows. The user's index settings count. Rejects with a `StagedoorError`, or with
 * the signal's reason when nothing runs any more; whatever it leaves is in the folder of the request.
 */
export const fetchPythonPackages = async (
  fs: FileSystem,
  request: FetchRequest,
  signal: AbortSignal,
  report: Report,
  limits: Limits = defaultLimits,
): Promise<Fetched> => {
  signal.throwIfAborted();
  try {
    return await fill({ fs, request, limits }, signal, report);
  } catch (error) {
    signal.throwIfAborted();
    throw diskFailure(error, 'write the packages of this interpreter');
  }
};
