import { expect, test } from 'vitest';
import { diceFor } from '../support/kills/dice.ts';
import { withoutStrace } from '../support/kills/strace.ts';
import { expectGoodStart, expectRecovery, newTrack, type Track } from '../support/kills/update-kills.ts';
import { startVictim } from '../support/kills/victim.ts';
import { registryForTest } from '../support/loopback.ts';
import { isFull, ran, share } from '../support/proof/run.ts';

const groups = ['rename,renameat,renameat2', 'fsync,fdatasync', 'unlink,unlinkat,rmdir', 'mkdir,mkdirat'];
const mostOfEach = share(1, 14);

const strace = (calls: string, nth: number): readonly string[] => [
  'strace',
  '-f',
  '-qq',
  '-o',
  '/dev/null',
  '-e',
  `trace=${calls}`,
  '-e',
  `inject=${calls}:signal=SIGKILL:when=${nth}`,
];

/** An update whose process is killed as it enters the N-th such call of one of its threads; false if there is none. */
const killAtCall = async ({ world }: Track, calls: string, nth: number): Promise<boolean> => {
  const env = { UV_THREADPOOL_SIZE: '1' };
  const victim = startVictim('update', world.options, { wrapper: strace(calls, nth), env });
  const { signal } = await victim.ended;
  const settled = victim.said.some(({ line }) => line.at === 'stopped');
  expect(signal === 'SIGKILL' || settled, `${calls} ${nth}: ${victim.stderr()}`).toBe(true);
  return signal === 'SIGKILL';
};

test('P-01: an update killed at its renames, flushes, removals and new folders leaves a good version', async ({
  task,
  skip,
}) => {
  const why = withoutStrace();
  if (why !== null) console.log(`skipped: ${why}`);
  skip(why !== null, why ?? '');
  const dice = diceFor('system calls');
  let killed = 0;
  for (const calls of isFull ? groups : [dice.pick(groups)]) {
    const track = await newTrack(await registryForTest());
    for (let nth = 1; nth <= mostOfEach; nth += 1) {
      const offered = track.offer();
      const old = track.pointed() ?? 'none';
      const done = await killAtCall(track, calls, isFull ? nth : 1 + dice.below(3));
      const situation = `killed at call ${nth} of ${calls}`;
      await expectGoodStart(track, { old, offered, situation, real: dice.below(10) === 0 });
      if (!done) break;
      killed += 1;
    }
    if (isFull) await expectRecovery(track, `after the kills at ${calls}`);
  }
  expect(killed).toBeGreaterThan(0);
  ran({ task }, killed, 'real kills');
});
