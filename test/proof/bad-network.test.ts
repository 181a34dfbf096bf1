import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, type TestContext, test } from 'vitest';
import { isRetryable } from '#machines/failure.js';
import { backoffDelay, defaultSchedule, nextCheckDelay } from '#machines/schedule.js';
import type { Fault } from '#src/testing/index.js';
import { freshFolder, quick, runtime } from '../src/staging/staging-world.ts';
import { fingerprint } from '../support/hostile/fingerprint.ts';
import { besiege, expectBlamed } from '../support/hostile/siege.ts';
import { weather } from '../support/hostile/weather.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

const published = runtime('1.2.0');
/** Small enough that what hangs or drips does not hold up a thousand checks. */
const impatient = {
  ...quick,
  documentMs: 250,
  downloadMs: 250,
  idleMs: 100,
  documentBytes: 100_000,
  retries: 1,
};

const isUnchanged = (fault: Fault): boolean => fault.kind === 'status' && fault.code === 304;

const storm = async (context: Pick<TestContext, 'task'>, warm: boolean, checks: number): Promise<void> => {
  const siege = await besiege();
  const world = siege.world.with({ limits: impatient });
  const { registry, layout, root } = world;
  const saved = path.join(freshFolder(), 'store');
  registry.publish(published);
  if (warm) await siege.world.check();
  cpSync(root, saved, { recursive: true });
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(weather(registry, published), async gusts => {
      registry.behave();
      for (const { path: subject, fault, times } of gusts) registry.fault({ path: subject, times }, fault);
      const why = JSON.stringify(gusts);
      const ending = await siege.update(world);
      const name = ending.kind === 'failed' ? ending.failure.code : ending.kind;
      seen.set(name, (seen.get(name) ?? 0) + 1);
      if (ending.kind === 'failed') {
        expectBlamed(ending.failure, why);
        expect(ending.failure.blame, `${why}: a network says nothing about a package`).not.toBe('package');
        siege.expectUntouched(why);
      } else if (ending.kind === 'alreadyStaged' && gusts.some(({ fault }) => isUnchanged(fault))) {
        // A registry that says "unchanged" of what has changed can't be told from one where nothing has (P-20).
        expect(ending.version, why).toBe('1.1.0');
        siege.expectUntouched(why);
      } else {
        // Faults that pass by themselves, or meet no request: then it is what was published.
        expect(ending, why).toEqual({ kind: 'staged', version: '1.2.0' });
        expect(Object.keys(fingerprint(layout.version('1.2.0'))), why).toContain('cli.js');
        rmSync(root, { recursive: true });
        cpSync(saved, root, { recursive: true });
      }
    }),
    { seed, numRuns: checks },
  );
  const rarer = ['REGISTRY_MALFORMED', 'REGISTRY_REFUSED', 'INTEGRITY_MISMATCH', 'staged'];
  for (const code of ['REGISTRY_UNREACHABLE', ...(isFull ? rarer : [])]) {
    expect(seen.get(code), `${code} among ${JSON.stringify([...seen])}`).toBeGreaterThan(0);
  }
  registry.behave();
  expect(await siege.update()).toEqual({ kind: 'staged', version: '1.2.0' });
  ran(context, checks, 'chaotic checks');
};

test('P-25: no weather changes anything on disk, blames the package or ends without a type; the sun comes out again', context =>
  storm(context, false, share(25, 600)));

test('P-25: nor where a document is stored that could be taken for an answer', context =>
  storm(context, true, share(20, 400)));

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const failures = fc.oneof(fc.nat({ max: 60 }), fc.nat());

test('P-25: retries back off with jitter up to the cap, wait at least as long as was asked for, and never overflow a timer', context => {
  const asked = fc.oneof(
    fc.constant(undefined),
    fc.nat(),
    fc.double({ min: 0, noNaN: true }),
    fc.constant(Number.POSITIVE_INFINITY),
  );
  const numRuns = share(500, 20_000);
  fc.assert(
    fc.property(failures, asked, chance, (count, retryAfterMs, random) => {
      const delay = backoffDelay(defaultSchedule, count, retryAfterMs, random);
      const longest = 2 ** 31 - 1;
      expect(Number.isInteger(delay) && delay >= 0 && delay <= longest).toBe(true);
      expect(delay).toBeGreaterThanOrEqual(Math.min(Math.round(retryAfterMs ?? 0), longest));
      if (retryAfterMs === undefined) expect(delay).toBeLessThanOrEqual(defaultSchedule.backoffCapMs);
    }),
    { seed, numRuns },
  );
  ran(context, numRuns, 'delays');
});

test('P-25: the ceiling of the wait doubles with each failure; jitter spreads it over all that is below', () => {
  const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 9, 30].map(count =>
    backoffDelay(defaultSchedule, count, undefined, 0.999999),
  );
  const minutes = ceilings.map(ms => Math.round(ms / 60_000));
  expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 240, 240]);
  expect(backoffDelay(defaultSchedule, 5, undefined, 0.25)).toBe(4 * 60_000);
  const checks = fc
    .sample(chance, { seed, numRuns: 100 })
    .map(random => nextCheckDelay(defaultSchedule, random) / 60_000);
  expect(Math.min(...checks)).toBeGreaterThanOrEqual(24);
  expect(Math.max(...checks)).toBeLessThanOrEqual(36);
});

test('P-25: within a check the tries are bounded, and only what may pass by itself is tried again', async () => {
  const siege = await besiege({ limits: { ...quick, retries: 2 } });
  const { registry } = siege.world;
  const tries = async (code: number): Promise<{ count: number; again: boolean }> => {
    registry.behave();
    registry.fault({ path: 'packument' }, { kind: 'status', code });
    const before = registry.requests.length;
    const ending = await siege.update();
    expect(ending.kind).toBe('failed');
    return {
      count: registry.requests.length - before,
      again: ending.kind === 'failed' && isRetryable(ending.failure),
    };
  };
  expect(await tries(500)).toEqual({ count: 3, again: true });
  expect(await tries(429)).toEqual({ count: 1, again: true });
  expect(await tries(401)).toEqual({ count: 1, again: false });
  expect(await tries(403)).toEqual({ count: 1, again: false });
});
