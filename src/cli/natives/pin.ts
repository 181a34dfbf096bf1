import process from 'node:process';
import { StagedoorError } from '../../failure.ts';
import type { Pins } from '../../natives/pinning.ts';
import { probeAbi } from '../../natives/probe.ts';
import type { CommandContext } from '../command.ts';
import { interruptible } from '../interruptible.ts';
import { UsageError } from '../usage-error.ts';

const leftOut = ({ flags: { without } }: CommandContext): ReadonlySet<string> =>
  new Set(typeof without === 'string' ? without.split(',').map(name => name.trim()) : []);

const nodePins = async (
  context: CommandContext,
  specs: readonly string[],
  signal: AbortSignal,
): Promise<Pins> => {
  const { pinNatives } = await import('../../natives/pinning.ts');
  const { defaultLimits: limits } = await import('../../staging/limits.ts');
  const { registry } = context.settings;
  try {
    const without = leftOut(context);
    return await pinNatives({ specs, without, registry, projectConfig: true, limits }, signal);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message, 'A package is named NAME@VERSION.');
    throw error;
  }
};

const pythonPins = async (): Promise<Pins> => {
  throw new StagedoorError('NATIVE_SOURCE_MISSING', 'packages of Python can not be pinned yet', {
    hint: 'Write "NAME@VERSION": "sha256:…" by hand, with the hashes that the index shows.',
  });
};

/** `NAME==VERSION` is how Python says it; without that, the executable decides. */
const isForPython = async ({ settings }: CommandContext, specs: readonly string[]): Promise<boolean> =>
  specs.some(spec => spec.includes('==')) ||
  (await probeAbi(settings.exec ?? process.execPath))?.kind === 'python';

const howTo =
  'this is the "install" of a native dependency: {"name": …, "install": {…}} under "native" in stagedoor.config.json';

/** Prints what allows a launch to install packages: resolved here and now, and never on a user's machine. */
export const pinNativesFor = async (context: CommandContext, specs: readonly string[]): Promise<number> => {
  if (specs.length === 0) throw new UsageError('a package is missing', 'Name it as NAME@VERSION.');
  const { output, progress } = context;
  return interruptible(context, async signal => {
    progress.show({ phase: 'asking the registry', bytes: 0, total: null });
    const python = await isForPython(context, specs);
    const install = python ? await pythonPins() : await nodePins(context, specs, signal);
    progress.clear();
    output.answer({ data: { outcome: 'ok', install }, text: () => JSON.stringify(install, null, 2) });
    output.note(howTo);
    return 0;
  });
};
