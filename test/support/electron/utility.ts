import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { MessagePortMain, UtilityProcess, utilityProcess } from 'electron';
import { onTestFinished } from 'vitest';
import { spawnUtility } from '#src/electron/utility-runtime.js';
import type { RuntimeProcess, SpawnSpec } from '#src/process/runtime-process.js';
import { temporaryFolder } from '../folder.ts';
import { standIn, whole } from './agreement.ts';
import type { ElectronDouble } from './double.ts';
import { teller, type UtilityPayloads } from './payloads.ts';
import { newDouble } from './shell-facts.ts';

export type Forks = Pick<typeof utilityProcess, 'fork'>;

/** The utility processes of a shell. */
export const forksOf = ({ parts }: Pick<ElectronDouble, 'parts'>): Forks => {
  if (parts.utilityProcess === undefined) throw new Error('no utility processes');
  return parts.utilityProcess;
};

/** Lets a test look at each process that is forked, or change how. */
export const around = (
  forks: Forks,
  by: (fork: Forks['fork'], ...given: Parameters<Forks['fork']>) => UtilityProcess,
): Forks => ({ fork: (...given) => by(forks.fork, ...given) });

/** A shell that is too busy to read: all that a process has said is still on its way when its end is told. */
export const readingLate = (forks: Forks): Forks =>
  around(forks, (fork, ...given) => {
    const child = fork(...given);
    child.stdout?.pause();
    child.stderr?.pause();
    return child;
  });

/** A process that the system was asked for, and about which it has told nothing yet. */
export const unborn = () => {
  const emitter = new EventEmitter();
  const kills: (number | undefined)[] = [];
  let pid: number | undefined;
  const process = whole<UtilityProcess>(
    standIn<UtilityProcess>()(
      { name: 'utilityProcess' },
      {
        get pid(): number | undefined {
          return pid;
        },
        stdout: new PassThrough() as NodeJS.ReadableStream | null,
        stderr: new PassThrough() as NodeJS.ReadableStream | null,
        postMessage: (_message: unknown, _transfer?: MessagePortMain[]): void => undefined,
        // Electron has nothing to kill before it knows the number.
        kill: (): boolean => {
          kills.push(pid);
          return pid !== undefined;
        },
      },
      emitter,
    ),
  );
  const tell = teller<UtilityPayloads>(emitter);
  return {
    process,
    kills,
    tell,
    bear: (number: number): void => {
      pid = number;
      tell('spawn');
    },
  };
};

/** Runs a program as a utility process; whatever is left of it when the test has ended is killed. */
export const startUtility = (
  program: string,
  { forks = forksOf(newDouble()), ...spec }: Partial<SpawnSpec> & { readonly forks?: Forks } = {},
): RuntimeProcess => {
  const entry = path.join(temporaryFolder(), 'cli.mjs');
  writeFileSync(entry, program);
  const child = spawnUtility(forks)({
    exec: process.execPath,
    entry,
    args: [],
    env: {},
    deadlines: { askMs: 0, graceMs: 0, killMs: 5000 },
    ...spec,
  }) as RuntimeProcess;
  onTestFinished(async () => {
    await child.stop();
  });
  return child;
};
