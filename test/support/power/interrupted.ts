import type { Recorder } from './recording.ts';
import type { Recording, Scenario } from './scenario.ts';

/** From the flush with this number on (from 1) nothing of the program happens any more: it was killed. */
const runUntilFlush = async (
  scenario: Scenario,
  world: Parameters<Scenario['run']>[0],
  recorder: Recorder,
  flush: number,
): Promise<void> => {
  let flushes = 0;
  const fs = recorder.through(({ call }, _place, proceed) => {
    if (call === 'fsync' || call === 'fdatasync') flushes += 1;
    if (flushes >= flush) throw new Error('killed');
    return proceed();
  });
  const silent = { ...recorder, fs, report: () => undefined };
  await scenario.run(world, silent).catch(() => 'it was killed');
};

/**
 * A program that is killed when what it has done can be seen and does not last yet, and is then run again by another
 * process to its end. What that one reports must last, although it has found much of it done; where it finds all of it done,
 * it reports nothing, and what the whole program leads to may be launched or not.
 */
export const interrupted = ({ scenario, operations }: Recording, flush: number): Scenario => ({
  ...scenario,
  name: `${scenario.name}, killed before flush ${flush} and run again`,
  meanwhile: [
    ...(scenario.meanwhile ?? []),
    ...operations.flatMap(operation => (operation.kind === 'report' ? (operation.launch ?? []) : [])),
  ],
  run: async (world, recorder) => {
    await runUntilFlush(scenario, world, recorder, flush);
    await scenario.run(world, recorder);
  },
});
