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

/** A tree has one place for each distribution, whoever needs it. */
const assertOnce = (pins: Pins): void => {
  const twice = Object.keys(pins)
    .map(spec =>
      spec
        .slice(0, spec.lastIndexOf('@'))
        .toLowerCase()
        .replace(/[-_.]+/g, '-'),
    )
    .find((name, index, all) => all.indexOf(name) < index);
  if (twice === undefined) return;
  throw new StagedoorError('PACKAGE_INVALID', `two versions of ${twice} are needed`, {
    hint: 'A tree holds one version of each package; name versions that need the same.',
  });
};

const pythonPins = async (exec: string, specs: readonly string[], signal: AbortSignal): Promise<Pins> => {
  const { pinPython } = await import('../../natives/python-pinning.ts');
  const pins: Record<string, string> = {};
  for (const spec of specs) Object.assign(pins, await pinPython(spec, { exec, signal }));
  assertOnce(pins);
  return pins;
};

/** An interpreter is asked with its own pip; `NAME==VERSION` is said to nobody else. */
const pinsOf = async (
  context: CommandContext,
  specs: readonly string[],
  signal: AbortSignal,
): Promise<Pins> => {
  const exec = context.settings.exec ?? process.execPath;
  if ((await probeAbi(exec))?.kind === 'python') return pythonPins(exec, specs, signal);
  const python = specs.find(spec => spec.includes('=='));
  if (python === undefined) return nodePins(context, specs, signal);
  throw new UsageError(
    `${JSON.stringify(python)} is a package of Python, and ${exec} is none`,
    'Name the interpreter with --exec.',
  );
};

const howTo =
  'this is the "install" of a native dependency: {"name": …, "install": {…}} under "native" in stagedoor.config.json';

/** Prints what allows a launch to install packages: resolved here and now, and never on a user's machine. */
export const pinNativesFor = async (context: CommandContext, specs: readonly string[]): Promise<number> => {
  if (specs.length === 0) throw new UsageError('a package is missing', 'Name it as NAME@VERSION.');
  const { output, progress } = context;
  return interruptible(context, async signal => {
    progress.show({ phase: 'asking what is needed', bytes: 0, total: null });
    const install = await pinsOf(context, specs, signal);
    progress.clear();
    output.answer({ data: { outcome: 'ok', install }, text: () => JSON.stringify(install, null, 2) });
    output.note(howTo);
    return 0;
  });
};
