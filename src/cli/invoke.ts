import { diskFailure, redact, StagedoorError, toFailure } from '../failure.ts';
import { nodeFileSystem } from '../store/file-system.ts';
import { allCommands, commandsAmong } from './commands.ts';
import { createOutput, type Problem } from './output.ts';
import { type Invocation, parseArguments } from './program.ts';
import { createProgress } from './progress.ts';
import { readSettings } from './settings.ts';
import type { Stream } from './style.ts';
import { UsageError } from './usage-error.ts';

/** The process as the command line sees it. */
export type Surroundings = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly version: string;
};

const problemOf = (error: unknown): Problem => {
  if (error instanceof UsageError) {
    return { code: 'USAGE', blame: 'caller', message: redact(error.message), hint: error.hint };
  }
  const ofSystem = error instanceof Error && 'syscall' in error && !(error instanceof StagedoorError);
  return toFailure(ofSystem ? diskFailure(error, 'work on the store') : error);
};

/** Whether JSON was asked for, where the arguments or settings are too wrong to be read. */
const looksLikeJson = ({ argv, env }: Surroundings): boolean => {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  return own.includes('--json') || /^(1|true|yes|on)$/i.test(env.STAGEDOOR_JSON ?? '');
};

const execute = async (
  invocation: Extract<Invocation, { kind: 'command' }>,
  surroundings: Surroundings,
): Promise<number> => {
  const { env, cwd, stdout, stderr } = surroundings;
  const { command, args, flags } = invocation;
  const settings = readSettings(nodeFileSystem, { flags, env, cwd });
  const output = createOutput({ json: settings.json, stdout, stderr, env });
  const progress = createProgress(stderr, !settings.json);
  try {
    return await command.run({ fs: nodeFileSystem, settings, args, flags, output, progress, env, cwd });
  } catch (error) {
    progress.clear();
    output.problem(problemOf(error));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    progress.clear();
  }
};

/** Help and what is said of a wrong word name every command; a right word needs its own alone. */
const understand = async ({ argv, version }: Surroundings): Promise<Invocation> => {
  try {
    const invocation = parseArguments(argv, await commandsAmong(argv), version);
    if (invocation.kind === 'command') return invocation;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
  return parseArguments(argv, await allCommands(), version);
};

/** Runs one invocation to its exit code; every error is told on the way. */
export const invoke = async (surroundings: Surroundings): Promise<number> => {
  const { stdout, stderr, env } = surroundings;
  try {
    const invocation = await understand(surroundings);
    if (invocation.kind === 'command') return await execute(invocation, surroundings);
    stdout.write(invocation.text);
    return 0;
  } catch (error) {
    createOutput({ json: looksLikeJson(surroundings), stdout, stderr, env }).problem(problemOf(error));
    return error instanceof UsageError ? 2 : 1;
  }
};
