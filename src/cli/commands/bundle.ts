import path from 'node:path';
import process from 'node:process';
import semverValid from 'semver/functions/valid.js';
import { type Bundle, makeBundle } from '../../bundle/making.ts';
import { BundleMistake } from '../../bundle/mistake.ts';
import type { BundleRequest } from '../../bundle/request.ts';
import { probeNode } from '../../natives/probe.ts';
import { shellNameOf } from '../../settings.ts';
import type { CliCommand, CommandContext } from '../command.ts';
import { interruptible } from '../interruptible.ts';
import { leftOutText } from '../lock/left-out.ts';
import { requireBundled, requirePackage } from '../settings.ts';
import type { Style } from '../style.ts';
import { bytesText, count } from '../text.ts';
import { UsageError } from '../usage-error.ts';

const textFlag = ({ flags }: CommandContext, key: string): string | undefined => {
  const value = flags[key];
  return typeof value === 'string' ? value : undefined;
};

const wantedVersion = (context: CommandContext): string | undefined => {
  const text = textFlag(context, 'useVersion');
  if (text === undefined || semverValid(text) === text) return text;
  throw new UsageError(`--use-version must be an exact version, not ${JSON.stringify(text)}`);
};

const shellExec = (context: CommandContext): string | undefined => {
  const text = textFlag(context, 'shellExec')?.replaceAll('\\', '/');
  if (text === undefined || (text !== '' && !path.posix.isAbsolute(text) && !/["%\r\n]|^[a-z]:/i.test(text)))
    return text;
  throw new UsageError(
    `--shell-exec must be a path relative to the bundle, not ${JSON.stringify(text)}`,
    'For resources/runtime inside an app folder it is something like ../../my-app.',
  );
};

const requestOf = async (context: CommandContext): Promise<BundleRequest> => {
  const { settings, cwd } = context;
  const [from, metafile] = [textFlag(context, 'from'), textFlag(context, 'metafile')];
  const exec = settings.exec ?? process.execPath;
  const { channel, registry, entry, natives, shellVersion } = settings;
  const shellName = shellNameOf(settings.shellName);
  const named = { package: requirePackage(settings), dir: requireBundled(settings) };
  const checked = { version: wantedVersion(context), shellExec: shellExec(context) };
  return {
    ...{ ...named, ...checked, channel, registry, entry, natives, shellName, shellVersion, cwd, exec },
    from: from === undefined ? null : path.resolve(cwd, from),
    metafile: metafile === undefined ? undefined : path.resolve(cwd, metafile),
    execFacts: await probeNode(exec),
  };
};

const bundleText = (bundle: Bundle, style: Style): string => {
  const { package: name, version, dir, files, bytes, natives, coreLock } = bundle;
  const beside = natives.length === 0 ? '' : `, with ${natives.join(' and ')}`;
  const locked = `${count(coreLock.packages, 'package')} locked`;
  const size = `${count(files, 'file')}, ${bytesText(bytes)}${beside}; ${locked}`;
  const headline = `${name} ${style.good(version)} is bundled in ${dir} ${style.faint(`(${size})`)}`;
  return `${headline}${leftOutText(coreLock.leftOut, style)}`;
};

const made = async (context: CommandContext, signal: AbortSignal): Promise<Bundle> => {
  const { fs, progress } = context;
  try {
    return await makeBundle(await requestOf(context), { fs, signal, report: progress.show });
  } catch (error) {
    throw error instanceof BundleMistake ? new UsageError(`--bundled ${error.message}`, error.hint) : error;
  }
};

const bundle = (context: CommandContext): Promise<number> =>
  interruptible(context, async signal => {
    const { output, progress } = context;
    const result = await made(context, signal);
    progress.clear();
    output.answer({ data: result, text: style => bundleText(result, style) });
    return 0;
  });

export const bundleCommand: CliCommand = {
  name: 'bundle',
  summary: "at build time: put the runtime into the shell's resources (--bundled)",
  options: [
    ['--from <dir>', 'take the runtime from this folder instead of the registry'],
    ['--use-version <version>', 'this exact version instead of what the channel offers'],
    [
      '--metafile <file>',
      "packages that are joined into its files: esbuild's metafile, or a list of {name, version}",
    ],
    ['--shell-exec <path>', "the shell's executable for the launch shims, relative to the bundle"],
  ],
  examples: [
    'stagedoor bundle --package my-runtime --bundled resources/runtime --native node-pty',
    'stagedoor bundle --package my-runtime --bundled resources/runtime --from ../runtime/dist',
  ],
  run: bundle,
};
