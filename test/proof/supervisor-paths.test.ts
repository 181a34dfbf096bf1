import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type SupervisorInput, supervisorMachine } from '#machines/supervisor.js';
import { makePackage, startRegistry } from '#src/testing/index.js';
import { cover, transitionsAlong } from '../support/charts/cover.ts';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import type { Path } from '../support/charts/exploration.ts';
import { tours } from '../support/charts/tours.ts';
import { temporaryFolder } from '../support/folder.ts';
import { childrenBelow } from '../support/launch-paths/processes.ts';
import { sourceOf } from '../support/launch-paths/versions.ts';
import { inLanes } from '../support/proof/lanes.ts';
import { isFull, ran, seed } from '../support/proof/run.ts';
import { explorationsOf, inputs, model } from '../support/supervisor-paths/model.ts';
import { setTheScene } from '../support/supervisor-paths/scene.ts';
import { walk } from '../support/supervisor-paths/walk.ts';

type Tour = { readonly input: SupervisorInput; readonly path: Path };

const longest = 40;
const found: readonly Tour[] = inputs.flatMap(input =>
  explorationsOf(input).flatMap(exploration =>
    tours(model, exploration, longest).map(path => ({ input, path })),
  ),
);

/** In a full run all of them; else a few that take every transition, and some more by the seed. */
const chosen = (): readonly Tour[] => {
  if (isFull) return found;
  const inputOf = new Map(found.map(tour => [tour.path, tour.input]));
  const keysOf = (tour: Path): ReadonlySet<string> => transitionsAlong(model, inputOf.get(tour), tour);
  const few = cover(
    found.map(tour => tour.path),
    keysOf,
  );
  const more = fc.sample(fc.constantFrom(...found), { seed, numRuns: 6 });
  return [...new Set([...found.filter(tour => few.includes(tour.path)), ...more])];
};

const linux = process.platform === 'linux';
if (!linux)
  console.log('skipped: paths of the supervisor chart on real effects read the process table of Linux');

describe.runIf(linux)('every path of the supervisor chart on real effects', () => {
  const coverage = createCoverage();
  const all = chosen();

  test('C-03, C-04, L-01, P-06, P-25, P-30, P-31: on every edge three charts on real effects are where the model says and break no rule', async ({
    task,
  }) => {
    const dir = temporaryFolder('stagedoor-supervisor');
    const wrong: string[] = [];
    const work = async ({ path: tour, input }: Tour, at: number): Promise<void> => {
      const registry = await startRegistry();
      registry.publish(makePackage(sourceOf('1.0.0')));
      const options = { dir: path.join(dir, String(at)), input, registry, coverage };
      wrong.push(...(await walk(tour, options)).map(what => `path ${at}: ${what}`));
      await registry.close();
    };
    await inLanes(all, 3, work, () => wrong.length >= 6);
    expect(wrong).toEqual([]);
    const steps = all.reduce((sum, tour) => sum + tour.path.length, 0);
    ran({ task }, all.length, 'supervisor paths on real effects');
    ran({ task }, steps, 'steps');
    console.log(`supervisor: ${all.length} of ${found.length} paths, ${steps} steps on real effects`);
  });

  test('P-25: an update chart that breaks leaves the app running without updates', async () => {
    const dir = temporaryFolder('stagedoor-supervisor');
    const [input] = inputs;
    const registry = await startRegistry();
    onTestFinished(() => registry.close());
    if (input === undefined) throw new Error('there is no input');
    const scene = setTheScene({ dir: path.join(dir, 'app'), input, registry, coverage });
    onTestFinished(() => scene.close());
    scene.actor.start();
    scene.actor.send({ type: 'supervisor.start' });
    await scene.rest();
    await scene.serve();
    await scene.rest();
    scene.actor.system.get('update').send(undefined as never);
    await scene.rest();
    expect(scene.actor.getSnapshot().value).toMatchObject({
      runtime: { launched: 'healthy' },
      updates: 'off',
    });
    scene.clock.increment(24 * 3_600_000);
    await scene.rest();
    expect(childrenBelow(dir)).toHaveLength(1);
    expect(registry.requests).toEqual([]);
    expect(scene.faults).toEqual([]);
    expect(scene.defects).toHaveLength(1);
  });

  test('charts: every state and every transition of the supervisor chart is taken on real effects', () => {
    const transitions = transitionsOf(supervisorMachine);
    const missed = transitions.filter(key => !coverage.transitions.has(key));
    console.log(
      `supervisor: ${transitions.length - missed.length} of ${transitions.length} transitions on real effects`,
    );
    expect(statesOf(supervisorMachine).filter(state => !coverage.states.has(state))).toEqual([]);
    expect(missed).toEqual([]);
  });
});
