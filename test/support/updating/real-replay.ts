import { createCoverage } from '../charts/coverage.ts';
import type { Path } from '../charts/exploration.ts';
import { seed } from '../proof/run.ts';
import { createRotation } from './arrangement.ts';
import { cancellations, diskTroubles } from './disk-troubles.ts';
import { pathToArrangement, usualArrangements } from './paths.ts';
import { registryAnswers } from './registry-answers.ts';
import type { Sabotage } from './run.ts';
import { createStudio, type MakeEffects } from './studio.ts';
import { walk } from './walk.ts';

/** Walks paths on real effects, each in a store of its own; remembers all that was gone through. */
export const createReplay = async (make?: MakeEffects) => {
  const studio = await createStudio();
  const coverage = createCoverage();
  const rotation = createRotation({ ...registryAnswers, ...diskTroubles, ...cancellations });
  const counts = { paths: 0, steps: 0 };
  const walkOne = async (path: Path, sabotage: Sabotage = effects => effects): Promise<void> => {
    const world = studio.newWorld(make);
    const name = `walk ${counts.paths + 1} of seed ${seed}`;
    try {
      await walk(path, { name, world, coverage, rotation, sabotage });
    } finally {
      await world.close();
    }
    counts.paths += 1;
    counts.steps += path.length;
  };
  return {
    coverage,
    rotation,
    counts,
    walk: walkOne,
    /** A short path on which the world is arranged so, if it can be. */
    visit: async (arrangement: string): Promise<void> => {
      rotation.prefer([arrangement, ...usualArrangements]);
      await walkOne(pathToArrangement(arrangement));
      rotation.prefer([]);
    },
    close: studio.close,
  };
};

export type Replay = Awaited<ReturnType<typeof createReplay>>;
