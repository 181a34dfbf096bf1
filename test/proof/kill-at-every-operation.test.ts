import { expect, test } from 'vitest';
import { chosen } from '../support/faults/choice.ts';
import { judgeOf } from '../support/faults/judge.ts';
import { scenarioNames } from '../support/faults/scenarios.ts';
import { prepare } from '../support/faults/stage-set.ts';
import { ran } from '../support/proof/run.ts';

test.for(scenarioNames)(
  'P-01: after a kill at any operation of "%s" the next start is good, tidies up and updates',
  async (name, { task }) => {
    const set = await prepare(name);
    const { judge, states } = judgeOf(set.scenario);
    const kills = set.operations.flatMap(operation =>
      operation.call === 'write'
        ? [false, true].map(short => ({ ...operation, short }))
        : [{ ...operation, short: false }],
    );
    const wanted = chosen(kills, 1, `kill ${name}`);
    for (const { index, call, short } of wanted) {
      const what = `${call}${short ? ', half written' : ''}`;
      const situation = `${name}, killed at operation ${index} of ${set.operations.length} (${what})`;
      await set.play(
        port => port.killAt(index, { short }),
        async ({ world, port }) => {
          expect(port.met(), situation).toBe(true);
          await judge(world, situation);
        },
      );
    }
    ran({ task }, wanted.length, 'kills at an operation');
    ran({ task }, states(), 'different states');
  },
);
