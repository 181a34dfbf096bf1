import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damage, damaged, mutated, mutation } from '../support/fuzz/mutation.ts';
import { readerCases } from '../support/fuzz/readers.ts';
import { inspectLaunch } from '../support/garbage/store-inspection.ts';
import { makeStore, openWorkshop } from '../support/garbage/store-maker.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { ran, seed, share } from '../support/proof/run.ts';

/** A valid file after mutations of its values or of its bytes, or bytes that were never such a file. */
const contents = (valid: unknown): fc.Arbitrary<Buffer> => {
  const text = typeof valid === 'string' ? valid : `${JSON.stringify(valid)}\n`;
  const document: unknown = typeof valid === 'string' ? undefined : valid;
  const spoilt = fc
    .array(damage, { minLength: 1, maxLength: 5 })
    .map(damages => damaged(Buffer.from(text), damages));
  const raw = fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes));
  const wild = fc
    .array(mutation, { minLength: 1, maxLength: 4 })
    .map(mutations => Buffer.from(mutated(document ?? text, mutations)));
  return fc.oneof({ weight: 4, arbitrary: wild }, { weight: 4, arbitrary: spoilt }, raw);
};

describe('P-06: every file that is read', () => {
  for (const [name, { file, valid, read, repair }] of Object.entries(readerCases)) {
    const repaired = repair === undefined ? '' : ', and the next write repairs it';
    test(`P-06: ${name} is read as what it is or as nothing, whatever it holds${repaired}`, async ({
      task,
    }) => {
      const dir = memoryFolder('stagedoor-fuzz');
      const place = path.join(dir, file);
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, typeof valid === 'string' ? valid : `${JSON.stringify(valid)}\n`);
      expect(read(dir), 'a valid file says something').not.toBe('nothing');
      const numRuns = share(60, 2000);
      await fc.assert(
        fc.asyncProperty(contents(valid), async bytes => {
          writeFileSync(place, bytes);
          read(dir);
          if (repair === undefined) return;
          await repair(dir);
          if (read(dir) === 'nothing') throw new Error(`it is not repaired: ${readFileSync(place, 'utf8')}`);
        }),
        { seed, numRuns },
      );
      ran({ task }, numRuns, 'fuzzed files');
    });
  }
});

test('P-05: a pointer that is damaged at random is the old one or none: the previous or the bundled version starts', async ({
  task,
}) => {
  const workshop = await openWorkshop();
  const numRuns = share(100, 3000);
  const damages = fc.array(damage, { minLength: 1, maxLength: 6 });
  const started = new Map<string, number>();
  let slowest = 0;
  await fc.assert(
    fc.asyncProperty(damages, async list => {
      const mishap = { place: 'current.json', filling: { kind: 'damaged', damages: list } } as const;
      const store = makeStore(workshop, { root: 'folder', mishaps: [mishap] }, 'store');
      const begin = performance.now();
      const { version } = await inspectLaunch(workshop, store);
      slowest = Math.max(slowest, performance.now() - begin);
      started.set(version, (started.get(version) ?? 0) + 1);
    }),
    { seed, numRuns },
  );
  expect([...started.keys()].filter(version => !['1.0.0', '1.1.0', '1.2.0'].includes(version))).toEqual([]);
  expect(started.get('1.1.0') ?? 0, JSON.stringify([...started])).toBeGreaterThan(numRuns / 2);
  ran({ task }, numRuns, 'damaged pointers');
  ran({ task }, Math.round(slowest), 'ms for the slowest decision');
});
