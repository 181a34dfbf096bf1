import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ownToken } from '#src/process/identity.js';
import { noteChild, openAttempt, pruneAttempts, readAttempts, resolveAttempt } from '#src/store/attempts.js';
import { freshStore, fs, put } from './fresh-store.ts';

const subject = { version: '1.1.0', role: 'override', tree: 'b'.repeat(64) } as const;
const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

test('L-05: an attempt is written before the spawn, names its child and is resolved once', async () => {
  const layout = freshStore();
  const { id } = await openAttempt(fs, layout, subject, at(1));
  expect(readAttempts(fs, layout)).toEqual([
    {
      id,
      ...subject,
      shell: ownToken(),
      child: null,
      openedAt: at(1).toISOString(),
      state: 'open',
      detail: null,
      identity: null,
    },
  ]);
  await noteChild(fs, layout, id, process.pid);
  await resolveAttempt(fs, layout, id, 'failed', 'it died');
  expect(readAttempts(fs, layout)).toMatchObject([
    { id, state: 'failed', detail: 'it died', child: { pid: process.pid, token: ownToken() } },
  ]);
});

test('P-13: the last 50 records are kept, open ones in any case', async () => {
  const layout = freshStore();
  const open = await openAttempt(fs, layout, subject, at(0));
  for (let second = 1; second <= 53; second += 1) {
    const { id } = await openAttempt(fs, layout, subject, at(second));
    await resolveAttempt(fs, layout, id, 'ready');
  }
  put(`${layout.attempts}/000000000-0.json`, '{');
  expect(await pruneAttempts(fs, layout)).toBe(4);
  expect(readdirSync(layout.attempts)).toHaveLength(51);
  expect(readAttempts(fs, layout)[0]).toEqual(open);
});

test.each(['{', 'null', '{"id":"other"}'])('S-02: a record %j that is none is left out', text => {
  const layout = freshStore();
  put(layout.attempt('a-1'), text);
  expect(readAttempts(fs, layout)).toEqual([]);
});

test('L-05: resolving an attempt whose record is gone rejects', async () => {
  const layout = freshStore();
  await expect(resolveAttempt(fs, layout, 'a-1', 'ready')).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
  });
});
