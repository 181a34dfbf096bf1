import { execFile } from 'node:child_process';
import { linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answer, newLauncher, nextAddress, packed } from '../support/app-world.ts';
import { type SpecialFiles, watchFifo } from '../support/garbage/special-files.ts';
import {
  assertOutside,
  contentsOf,
  inspectLaunch,
  inspectUpkeep,
} from '../support/garbage/store-inspection.ts';
import { files, makeStore, openWorkshop, published } from '../support/garbage/store-maker.ts';
import { places, type StoreShape, storeShape, traps } from '../support/garbage/store-shape.ts';
import { inspectUpdate } from '../support/garbage/update-inspection.ts';
import { registryForTest } from '../support/loopback.ts';
import { ran, seed, share } from '../support/proof/run.ts';

const reader = fileURLToPath(new URL('../../dist/test/src/store/odd-store.js', import.meta.url));
const examples = traps.map((shape): [StoreShape] => [shape]);
const patience = { timeout: 60_000, killSignal: 'SIGKILL' } as const;

/** What blocks whoever opens it, has no end, or does not fit into any memory. */
const endless: Readonly<Record<string, (file: string, special: SpecialFiles) => void>> = {
  'a FIFO': (file, { fifo }) => (fifo === null ? writeFileSync(file, '') : linkSync(fifo, file)),
  'a link to a device without end': file => symlinkSync('/dev/zero', file),
  'a file of 1 GB': file => {
    writeFileSync(file, '');
    truncateSync(file, 2 ** 30);
  },
};

describe('P-06: the bundled runtime starts whatever the store looks like', () => {
  for (const [what, put] of Object.entries(endless)) {
    test(`P-06: with ${what} in place of every file of the store, a start neither waits nor fills the memory`, async () => {
      const { world, special, template } = await openWorkshop();
      const store = path.join(world.dir, 'store');
      for (const place of places.filter(name => /\.jsonl?$/.test(name))) {
        const file = path.join(store, place);
        mkdirSync(path.dirname(file), { recursive: true });
        put(file, special);
      }
      expect(template.root).not.toBe(store);
      const options = JSON.stringify({ ...world.options, store });
      const { stdout } = await promisify(execFile)(process.execPath, [reader, options], patience);
      const said: unknown = JSON.parse(stdout);
      expect(said).toMatchObject({
        recovered: 'recovered',
        candidates: [{ role: 'bundled', version: '1.0.0' }],
      });
      expect(Number(Object(said).kilobytes)).toBeLessThan(200_000);
    });
  }

  test('P-06: the bundled or a whole staged version is launched from every store, and nothing outside of it is touched', async ({
    task,
  }) => {
    const workshop = await openWorkshop();
    const planted = contentsOf(workshop.outside);
    const fifo = watchFifo(workshop.special.fifo);
    const numRuns = share(40, 10_000);
    await fc.assert(
      fc.asyncProperty(storeShape, async shape => {
        const store = makeStore(workshop, shape, 'store');
        fifo.beat();
        const candidate = await inspectLaunch(workshop, store);
        fifo.beat();
        await inspectUpkeep(workshop, store, candidate);
        fifo.rest();
        assertOutside(workshop, planted);
      }),
      { seed, numRuns, examples },
    );
    ran({ task }, numRuns, 'generated stores');
  });

  test('P-06: the next update on such a store works or names the disk, and is launched if it works', async ({
    task,
  }) => {
    const workshop = await openWorkshop();
    const planted = contentsOf(workshop.outside);
    const registry = await registryForTest();
    registry.publish(packed(published, { files }));
    const fifo = watchFifo(workshop.special.fifo);
    const numRuns = share(traps.length + 5, 600);
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(storeShape, async shape => {
        const store = makeStore(workshop, shape, 'store');
        fifo.beat();
        const outcome = await inspectUpdate(store, registry.url);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        fifo.beat();
        await inspectLaunch(workshop, store);
        fifo.rest();
        assertOutside(workshop, planted);
      }),
      { seed, numRuns, examples },
    );
    expect(outcomes.get('staged') ?? 0, JSON.stringify([...outcomes])).toBeGreaterThan(numRuns / 3);
    ran({ task }, numRuns, 'updates of generated stores');
  });

  test('P-06: a real child of the version that was decided on answers', async ({ task }) => {
    const workshop = await openWorkshop();
    const planted = contentsOf(workshop.outside);
    const numRuns = share(4, 60);
    await fc.assert(
      fc.asyncProperty(storeShape, async shape => {
        const store = makeStore(workshop, shape, 'store');
        const launcher = newLauncher(workshop.world, { store });
        const address = nextAddress(launcher);
        const outcome = await launcher.start();
        if (outcome.outcome !== 'running') throw new Error(`the launch came to ${JSON.stringify(outcome)}`);
        const { version } = await answer(await address);
        await launcher.stop();
        expect(version).toBe(outcome.version);
        expect(['1.0.0', '1.1.0', '1.2.0']).toContain(version);
        assertOutside(workshop, planted);
      }),
      { seed, numRuns },
    );
    ran({ task }, numRuns, 'launches from generated stores');
    rmSync(path.join(workshop.dir, 'store'), { recursive: true, force: true });
  });
});
