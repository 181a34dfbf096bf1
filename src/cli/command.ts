import valid from 'semver/functions/valid.js';
import type { FileSystem } from '../store/file-system.ts';
import type { Output } from './output.ts';
import type { ProgressLine } from './progress.ts';
import type { Flags } from './setting-sources.ts';
import type { Settings } from './settings.ts';
import { UsageError } from './usage-error.ts';

/** What a command is given to work with. */
export type CommandContext = {
  readonly fs: FileSystem;
  readonly settings: Settings;
  /** What stands after the command: a version, or the runtime's arguments. */
  readonly args: readonly string[];
  /** Options of this command alone. */
  readonly flags: Flags;
  readonly output: Output;
  readonly progress: ProgressLine;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
};

/** One command of the line: how it is called, and what it does. `run` resolves to the exit code. */
export type CliCommand = {
  readonly name: string;
  readonly summary: string;
  /** Operands in the parser's notation: `<version>`, `[version]`, `[args...]`. */
  readonly operands?: string;
  /** What the first operand may be, where it says what is to be done. */
  readonly actions?: readonly (readonly [usage: string, description: string])[];
  readonly options?: readonly (readonly [flags: string, description: string])[];
  readonly examples?: readonly string[];
  readonly run: (context: CommandContext) => Promise<number>;
};

/** The version operand, if one was given. */
export const versionOperand = ({ args }: Pick<CommandContext, 'args'>): string | undefined => {
  const [text] = args;
  if (text === undefined) return undefined;
  const version = valid(text);
  if (version === null) {
    throw new UsageError(
      `${JSON.stringify(text)} is not a version`,
      'A version looks like 1.2.3 or 2.0.0-beta.1.',
    );
  }
  return version;
};

/** The version operand of a command that can't do without. */
export const requiredVersion = (context: Pick<CommandContext, 'args'>): string => {
  const version = versionOperand(context);
  if (version === undefined) throw new UsageError('a version is missing');
  return version;
};
