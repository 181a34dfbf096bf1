import { expect, test } from 'vitest';
import { createLaunchEffects } from '#src/launching/effects.js';
import { launchSetup } from '#src/launching/setup.js';
import type { JsonRecord } from '#src/store/json-shape.js';
import { temporaryFolder } from '../../support/folder.ts';

const candidate = { role: 'bundled', version: '1.0.0', tree: null, firstStart: false } as const;

test('N-11: a defect of ours in the matching of natives is told in the journal; an abort is none', async () => {
  const told: JsonRecord[] = [];
  const journal = { append: (line: JsonRecord) => void told.push(line), lost: () => 0 };
  const setup = launchSetup({ package: 'runtime', store: temporaryFolder() });
  const broken = createLaunchEffects(setup, journal, {}, () =>
    Promise.reject(new Error('a module is missing')),
  );
  const abort = new AbortController();
  await expect(broken.matchNatives({ candidate }, abort.signal)).rejects.toThrow('a module is missing');
  expect(told).toMatchObject([
    { event: 'natives.defect', failure: { code: 'INTERNAL', message: 'a module is missing' } },
  ]);
  abort.abort();
  await expect(broken.matchNatives({ candidate }, abort.signal)).rejects.toThrow('a module is missing');
  expect(told).toHaveLength(1);
});
