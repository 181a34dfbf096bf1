import type { CliCommand } from './command.ts';

/** Every command by its name, in the order of the help. Together they are hundreds of modules: each is loaded when it may be meant. */
const loaders: Readonly<Record<string, () => Promise<CliCommand>>> = {
  check: async () => (await import('./commands/check.ts')).checkCommand,
  update: async () => (await import('./commands/update.ts')).updateCommand,
  run: async () => (await import('./commands/run.ts')).runCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand,
  pin: async () => (await import('./commands/pin.ts')).pinCommand,
  unpin: async () => (await import('./commands/unpin.ts')).unpinCommand,
  forgive: async () => (await import('./commands/forgive.ts')).forgiveCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  gc: async () => (await import('./commands/gc.ts')).gcCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  abi: async () => (await import('./commands/abi.ts')).abiCommand,
  natives: async () => (await import('./commands/natives.ts')).nativesCommand,
  bundle: async () => (await import('./commands/bundle.ts')).bundleCommand,
  lock: async () => (await import('./commands/lock.ts')).lockCommand,
  plugin: async () => (await import('./commands/plugin.ts')).pluginCommand,
  visualize: async () => (await import('./commands/visualize.ts')).visualizeCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
};

const load = (wanted: (name: string) => boolean): Promise<readonly CliCommand[]> =>
  Promise.all(
    Object.entries(loaders)
      .filter(([name]) => wanted(name))
      .map(([, one]) => one()),
  );

export const allCommands = (): Promise<readonly CliCommand[]> => load(() => true);

/** The commands whose names stand among the arguments; a name may also be the value of an option. */
export const commandsAmong = (argv: readonly string[]): Promise<readonly CliCommand[]> =>
  load(name => argv.includes(name));
