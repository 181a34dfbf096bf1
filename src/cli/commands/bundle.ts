import path from 'node:path';
import semverValid from 'semver/functions/valid.js';
import { writeShims } from '../../process/shims.ts';
import { writeTreeList } from '../bundle-list.ts';
import { assertReplaceable, makeWorkFolder, replaceFolder } from '../bundle-place.ts';
import { type BundleJob, entryOf, treeFromFolder, treeFromRegistry } from '../bundle-source.ts';
import type { CliCommand, CommandContext } from '../command.ts';
import { onInterruption, signalExitCode } from '../interruption.ts';
import { requireBundled, requirePackage } from '../settings.ts';
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

/** Makes the whole bundle beside its place, then puts it there: DIR is complete or as it was. */
const makeBundle = async (context: CommandContext, job: BundleJob) => {
  const { fs, settings, dir, work, from } = job;
  const { tree, version, integrity, natives } =
    from === null ? await treeFromRegistry(job) : await treeFromFolder(job, from);
  const entry = entryOf(job, tree);
  await writeShims(fs, tree, { bundledEntry: entry, execRelative: shellExec(context) });
  job.report({ phase: 'listing', version, bytes: 0, total: null });
  const name = requirePackage(settings);
  const files = await writeTreeList(fs, tree, { name, version, integrity, entry, natives });
  job.signal.throwIfAborted();
  await replaceFolder(fs, tree, dir, work);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return {
    outcome: 'bundled',
    package: name,
    version,
    dir,
    entry,
    natives,
    files: files.length,
    bytes,
  } as const;
};

const bundle = async (context: CommandContext): Promise<number> => {
  const { fs, settings, output, progress, cwd } = context;
  const packageName = requirePackage(settings);
  const dir = requireBundled(settings);
  const version = wantedVersion(context);
  shellExec(context);
  const from = textFlag(context, 'from');
  assertReplaceable(fs, dir, packageName);
  const interruption = new AbortController();
  let interruptedBy: NodeJS.Signals | null = null;
  const detach = onInterruption(signal => {
    interruptedBy = signal;
    interruption.abort(new Error('interrupted'));
  });
  const work = await makeWorkFolder(fs, dir);
  try {
    const result = await makeBundle(context, {
      fs,
      settings,
      dir,
      work,
      from: from === undefined ? null : path.resolve(cwd, from),
      version,
      cwd,
      signal: interruption.signal,
      report: progress.show,
    });
    progress.clear();
    output.answer({
      data: result,
      text: style => {
        const natives = result.natives.length === 0 ? '' : `, with ${result.natives.join(' and ')}`;
        const size = `${count(result.files, 'file')}, ${bytesText(result.bytes)}${natives}`;
        return `${packageName} ${style.good(result.version)} is bundled in ${dir} ${style.faint(`(${size})`)}`;
      },
    });
    return 0;
  } catch (error) {
    if (interruptedBy === null) throw error;
    progress.clear();
    output.answer({ data: { outcome: 'cancelled' }, text: () => 'Cancelled; nothing was changed.' });
    return signalExitCode(interruptedBy);
  } finally {
    await fs.promises.rm(work, { recursive: true, force: true, maxRetries: 3 });
    detach();
  }
};

export const bundleCommand: CliCommand = {
  name: 'bundle',
  summary: "at build time: put the runtime into the shell's resources (--bundled)",
  options: [
    ['--from <dir>', 'take the runtime from this folder instead of the registry'],
    ['--use-version <version>', 'this exact version instead of what the channel offers'],
    ['--shell-exec <path>', "the shell's executable for the launch shims, relative to the bundle"],
  ],
  examples: [
    'stagedoor bundle --package my-runtime --bundled resources/runtime --native node-pty',
    'stagedoor bundle --package my-runtime --bundled resources/runtime --from ../runtime/dist',
  ],
  run: bundle,
};
