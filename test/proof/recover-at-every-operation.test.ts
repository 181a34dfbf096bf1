import { expect, test } from 'vitest';
import { chosen } from '../support/faults/choice.ts';
import { makeDead } from '../support/faults/dead-writer.ts';
import { fingerprint } from '../support/faults/fingerprint.ts';
import { startUp } from '../support/faults/scenarios.ts';
import { prepare } from '../support/faults/stage-set.ts';
import type { World } from '../support/faults/store-world.ts';
import { ran } from '../support/proof/run.ts';

/** One more start after a crash; gives what the store holds then. */
const recovered = async (world: World): Promise<string> => {
  makeDead(world.layout);
  await startUp(world);
  return fingerprint(world.layout);
};

test.for(['recover', 'recover again', 'repair'] as const)(
  'P-04: to %s twice, or once more after a kill at any operation of it, comes to the same store',
  async (name, { task }) => {
    const set = await prepare(name);
    let once = '';
    await set.play(
      () => undefined,
      async ({ world }) => {
        once = fingerprint(world.layout);
        expect(await recovered(world)).toBe(once);
      },
    );
    const known = new Set<string>();
    const wanted = chosen(set.operations, 5, `recover ${name}`);
    for (const { index, call } of wanted) {
      await set.play(
        port => port.killAt(index),
        async ({ world }) => {
          const situation = `${name}, killed at operation ${index} (${call}), then once more`;
          makeDead(world.layout);
          const state = fingerprint(world.layout);
          if (known.has(state)) return;
          known.add(state);
          expect(await recovered(world), situation).toBe(once);
        },
      );
    }
    ran({ task }, wanted.length, 'kills at an operation');
  },
);
