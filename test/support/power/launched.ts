import { decide } from '#src/launching/candidates.js';
import { damageOf } from '#src/launching/tree-guard.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import type { Facts } from './facts.ts';
import type { View } from './view.ts';
import { viewFileSystem } from './view-file-system.ts';
import type { PowerWorld } from './world.ts';

export type Launched = {
  /** The version, with `damaged` where its files are not those of its package; `bundled`, or `nothing`. */
  readonly what: string;
  readonly pointer: 'none' | 'invalid' | 'valid';
};

/**
 * What the next start would launch, by our own reading code: the first candidate whose tree it takes for intact. One that
 * is damaged has failed in this launch, and the rest is looked at anew, as the chart does.
 */
export const launchedFrom = async (world: PowerWorld, view: View, facts: Facts): Promise<Launched> => {
  const setup = world.setup(viewFileSystem(view, world.base));
  const key = { abi: '', shellVersion: '1.0.0', now: new Date() };
  const marks = readBadVersions(setup.fs, setup.layout);
  const failed: string[] = [];
  for (;;) {
    const { candidates, pointer } = decide(setup, marks, key, failed);
    const [candidate] = candidates;
    if (candidate === undefined) return { what: 'nothing', pointer: pointer.kind };
    const { version } = candidate;
    if ((await damageOf(setup, candidate, 'launch')) !== null) {
      failed.push(version);
      continue;
    }
    const bundled = version === '1.0.0';
    const whole = bundled || facts.folders.get(version) === 'whole';
    return { what: bundled ? 'bundled' : `${version}${whole ? '' : ' damaged'}`, pointer: pointer.kind };
  }
};
