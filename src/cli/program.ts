import { Command, CommanderError } from 'commander';
import type { CliCommand } from './command.ts';
import type { Flags } from './setting-sources.ts';
import { UsageError } from './usage-error.ts';

/** What the arguments say: a command to run, or a text (help, version) to print. */
export type Invocation =
  | {
      readonly kind: 'command';
      readonly command: CliCommand;
      readonly args: readonly string[];
      readonly flags: Flags;
    }
  | { readonly kind: 'text'; readonly text: string };

const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  value,
];

const addSharedOptions = (program: Command): Command =>
  program
    .option('--package <name>', 'the npm package that is the runtime')
    .option('--channel <tag>', 'dist-tag to follow (default: latest)')
    .option('--registry <url>', "registry (default: npm's own configuration)")
    .option('--store <dir>', 'the store (default: <user data>/runtime-store)')
    .option('--bundled <dir>', 'folder of the bundled runtime: package.json and entry')
    .option('--entry <path>', "entry inside the package (default: the package's bin, else main)")
    .option('--native <name[=dir]>', 'native dependency to copy; repeatable', collect)
    .option('--exec <file>', 'executable that runs the runtime (default: this Node)')
    .option('--probe <spec>', 'ipc, http://…, tcp:PORT, stdout:REGEX or alive:MS (default: alive:2000)')
    .option(
      '--probe-timeout <ms>',
      'deadline of active time (default: 30000; first start of a version: 120000)',
    )
    .option('--json', 'one JSON object on standard output, nothing else there');

const overview = `
Options may stand before or after the command. They come from flags, then STAGEDOOR_* environment
variables, then stagedoor.config.json in the current folder.

Examples:
  $ stagedoor check --package my-runtime
  $ stagedoor update --package my-runtime --bundled resources/runtime --native node-pty
  $ stagedoor run --package my-runtime --bundled resources/runtime --probe ipc -- --port 4000
  $ stagedoor status --package my-runtime --json

Exit codes: 0 it did what was asked, 1 it failed, 2 wrong usage; run gives the runtime's.`;

/** Only what was really said: a flag `--no-…` has a default, which is not to go before environment and file. */
const saidBy = (sub: Command): Flags =>
  Object.fromEntries(
    Object.entries(sub.optsWithGlobals<Flags>()).filter(
      ([key]) => sub.getOptionValueSourceWithGlobals(key) !== 'default',
    ),
  );

const addCommand = (
  program: Command,
  command: CliCommand,
  chosen: (invocation: Invocation) => void,
): void => {
  const sub = program.command(command.name).description(command.summary);
  if (command.operands !== undefined) sub.arguments(command.operands);
  for (const [flags, description] of command.options ?? []) sub.option(flags, description);
  if (command.actions !== undefined) {
    const width = Math.max(...command.actions.map(([usage]) => usage.length)) + 2;
    const rows = command.actions.map(([usage, what]) => `  ${usage.padEnd(width)}${what}`);
    sub.addHelpText('after', `\nActions:\n${rows.join('\n')}`);
  }
  if (command.examples !== undefined) {
    sub.addHelpText('after', `\nExamples:\n${command.examples.map(line => `  $ ${line}`).join('\n')}`);
  }
  sub.action(() => {
    chosen({ kind: 'command', command, args: sub.args, flags: saidBy(sub) });
  });
};

const usageOf = (error: CommanderError): UsageError => {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  return suggestion === '' ? new UsageError(first) : new UsageError(first, suggestion);
};

/** Parses the arguments after the program's name. Wrong ones are a `UsageError`; nothing is printed here. */
export const parseArguments = (
  argv: readonly string[],
  commands: readonly CliCommand[],
  version: string,
): Invocation => {
  let printed = '';
  let invocation: Invocation | null = null;
  const program = new Command('stagedoor')
    .description(
      'Keeps the runtime inside an installed desktop shell current, and the app running whatever happens.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: text => {
        printed += text;
      },
      writeErr: () => undefined,
    })
    .addHelpText('after', overview);
  addSharedOptions(program);
  for (const command of commands) {
    addCommand(program, command, chosen => {
      invocation = chosen;
    });
  }
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text: printed };
    throw error.code === 'commander.help' ? new UsageError('a command is missing') : usageOf(error);
  }
  if (invocation === null) throw new UsageError('a command is missing');
  return invocation;
};
