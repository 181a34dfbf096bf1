import { expect } from 'vitest';
import { waitFor } from 'xstate';
import type { Candidate } from '#machines/contract.js';
import { createLauncher } from '#src/launcher.js';
import { afterStart } from '#src/launching/after-start.js';
import { createLaunchEffects } from '#src/launching/effects.js';
import { launchSetup } from '#src/launching/setup.js';
import { openJournal } from '#src/store/journal.js';
import { readTreeList } from '#src/store/tree-list.js';
import { readStatus } from '#src/upkeep/status.js';
import { verifyTrees } from '#src/upkeep/verify.js';
import { type AppWorld, answer, fs, nextAddress } from '../app-world.ts';
import { differenceOf } from './kill-world.ts';

/** The start after a crash without the runtime itself: recover, resolve, check, and the work behind a start. */
export const startInProcess = async ({ options, layout }: AppWorld): Promise<Candidate> => {
  const setup = launchSetup(options);
  const journal = openJournal(fs, layout);
  const effects = createLaunchEffects(setup, journal);
  await effects.recover();
  const { candidates } = await effects.resolve({ exclude: [] });
  const [first] = candidates;
  if (first === undefined) throw new TypeError('there is nothing to launch');
  await effects.checkTree(first);
  await afterStart(setup, first, journal);
  return first;
};

/** The start after a crash with a real runtime; gives the version that answers over HTTP. */
export const startForReal = async ({ options }: AppWorld): Promise<string> => {
  const launcher = createLauncher(options);
  try {
    const address = nextAddress(launcher);
    const outcome = await launcher.start();
    if (outcome.outcome !== 'running') throw new Error(`the start came to ${JSON.stringify(outcome)}`);
    const { version } = await answer(await address);
    // Ready is told before the verdicts are written.
    await waitFor(launcher.actor, snapshot => snapshot.matches({ alive: { healthy: 'running' } }));
    expect(version).toBe(outcome.version);
    return String(version);
  } finally {
    await launcher.stop();
  }
};

/** P-01: whichever version the next start launches is one of these, with every byte as it was published. */
export const expectGood = (
  world: AppWorld,
  version: string,
  allowed: readonly string[],
  situation: string,
): void => {
  expect(allowed, situation).toContain(version);
  expect(differenceOf(world, version), situation).toBeNull();
};

/** P-13: after a start nothing is left of a crash, and the store is bounded. */
export const expectTidy = async (world: AppWorld, situation: string): Promise<void> => {
  const { leftovers, staging, versions } = await readStatus(fs, world.layout, { bundledDir: world.bundled });
  expect({ ...leftovers, staging }, situation).toEqual({
    partials: [],
    temporaries: [],
    trash: [],
    staging: [],
  });
  expect(versions.length, situation).toBeLessThanOrEqual(3);
  const known = ['attempts', 'bad-versions.json', 'cache', 'current.json', 'health.json', 'journal.jsonl'];
  const others = ['journal.1.jsonl', 'leases', 'pin.json', 'trash', 'versions'];
  expect([...known, ...others], situation).toEqual(expect.arrayContaining(fs.readdirSync(world.layout.root)));
  const folders = fs.readdirSync(world.layout.versions);
  expect(folders.sort(), situation).toEqual(versions.map(({ version }) => version).sort());
};

/** Every staged tree by our own check, and by the bytes that were published. */
export const expectIntact = async (world: AppWorld, situation: string): Promise<void> => {
  const { outcome, trees } = await verifyTrees(fs, world.layout);
  expect(outcome, `${situation}: ${JSON.stringify(trees)}`).toBe('ok');
  for (const { version } of trees) {
    expect(readTreeList(fs, world.layout.version(version))?.list.version, situation).toBe(version);
    expect(differenceOf(world, version), situation).toBeNull();
  }
};
