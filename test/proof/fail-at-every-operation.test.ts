import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FileOperation } from '#src/testing/index.js';
import { chosen } from '../support/faults/choice.ts';
import { errnosFor } from '../support/faults/errnos.ts';
import { judgeOf } from '../support/faults/judge.ts';
import { complaintOf } from '../support/faults/outcome.ts';
import { type ScenarioName, scenarioNames, scenarios } from '../support/faults/scenarios.ts';
import { inSimulatedTime } from '../support/faults/simulated-time.ts';
import { prepare } from '../support/faults/stage-set.ts';
import type { World } from '../support/faults/store-world.ts';
import { ran } from '../support/proof/run.ts';

type Fault = { readonly operation: FileOperation; readonly errno: string };

const faultsOf = (operations: readonly FileOperation[]): Fault[] =>
  operations.flatMap(operation => errnosFor(operation).map(errno => ({ operation, errno })));

/** The list of bad versions as it is; null where there is none. */
const marksIn = ({ layout, fs }: World): string | null =>
  fs.existsSync(layout.badVersions) ? readFileSync(layout.badVersions, 'utf8') : null;

/** Programs that have no evidence against a version. */
const blamesNobody = (name: ScenarioName): boolean =>
  !['settle', 'rollback', 'mark', 'forgive', 'recover', 'recover again'].includes(name);

test.for(scenarioNames)(
  'P-01, P-07: an errno at any operation of "%s" is tolerated or the fault of the disk, and the next start is good',
  async (name, { task }) => {
    const set = await prepare(name);
    const marks = marksIn(set.template);
    const { judge, states } = judgeOf(scenarios[name]);
    const wanted = chosen(faultsOf(set.operations), 1, `fail ${name}`);
    for (const { operation, errno } of wanted) {
      const { index, call, path } = operation;
      const situation = `${name}, ${errno} at operation ${index} of ${set.operations.length} (${call} ${path})`;
      const play = () =>
        set.play(
          port => void port.failAt(index, errno, { short: true }),
          async played => {
            expect(complaintOf(played, operation, errno), situation).toBeNull();
            if (blamesNobody(name)) expect(marksIn(played.world), situation).toBe(marks);
            await judge(played.world, situation);
          },
        );
      await inSimulatedTime(play);
    }
    ran({ task }, wanted.length, 'faults at an operation');
    ran({ task }, states(), 'different states');
  },
);
