import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { forgive, markBad, type NewMark, readBadVersions, standingMark } from '#src/store/bad-versions.js';
import { freshStore, fs, put } from './fresh-store.ts';

const now = new Date('2026-01-10T10:00:00.000Z');
const daysLater = (days: number): Date => new Date(now.getTime() + days * 86_400_000);
const key = { integrity: 'sha512-a', abi: 'linux-x64-115', shellVersion: '3.0.0' };
const mark = (version: string, more: Partial<NewMark> = {}): NewMark => ({
  version,
  ...key,
  cause: 'LAUNCH_EXITED_EARLY',
  reason: 'it died',
  weight: 'bad',
  ...more,
});

test('S-06: marking twice is marking once, and the list is sorted by semver', async () => {
  const layout = freshStore();
  for (const version of ['1.10.0', '1.9.0', '1.10.0', '1.2.0', '1.10.0-rc.1']) {
    await markBad(fs, layout, mark(version), now);
  }
  const marks = readBadVersions(fs, layout);
  expect(marks.map(({ version }) => version)).toEqual(['1.2.0', '1.9.0', '1.10.0-rc.1', '1.10.0']);
  expect(marks.map(({ strikes }) => strikes)).toEqual([2, 2, 2, 2]);
});

test('S-06: a mark keeps its key, reason and first date', async () => {
  const layout = freshStore();
  await markBad(fs, layout, mark('1.2.0'), now);
  const again = await markBad(fs, layout, mark('1.2.0', { reason: 'it died again' }), daysLater(1));
  expect(again).toEqual({
    version: '1.2.0',
    ...key,
    platform: `${process.platform}-${process.arch}`,
    cause: 'LAUNCH_EXITED_EARLY',
    reason: 'it died again',
    strikes: 2,
    attempt: null,
    firstSeen: now.toISOString(),
    lastSeen: daysLater(1).toISOString(),
  });
  expect(readBadVersions(fs, layout)).toEqual([again]);
});

test.each(['', '{', '{"versions":3}', 'null', '[3, {}, {"version":"x"}]'])(
  'S-06: a corrupt list %j reads as empty and is repaired by the next write',
  async text => {
    const layout = freshStore();
    put(layout.badVersions, text);
    expect(readBadVersions(fs, layout)).toEqual([]);
    await markBad(fs, layout, mark('1.2.0'), now);
    expect(JSON.parse(readFileSync(layout.badVersions, 'utf8'))).toMatchObject({
      schema: 1,
      versions: [{ version: '1.2.0' }],
    });
  },
);

test.each([
  '["1.3.0","1.2.0"]',
  '{"versions":["1.3.0","1.2.0"]}',
  '[{"version":"1.3.0"},{"version":"1.2.0"}]',
])('S-06: a list of plain versions %s reads as bad versions that do not lapse', text => {
  const layout = freshStore();
  put(layout.badVersions, text);
  const marks = readBadVersions(fs, layout);
  expect(marks.map(({ version, strikes }) => [version, strikes])).toEqual([
    ['1.2.0', 2],
    ['1.3.0', 2],
  ]);
  expect(standingMark(marks, { version: '1.3.0', ...key, now: daysLater(400) })).not.toBeNull();
});

test('L-06: a list that can not be written rejects, so that nothing is removed on its strength', async () => {
  const layout = freshStore();
  mkdirSync(layout.badVersions);
  await expect(markBad(fs, layout, mark('1.2.0'), now)).rejects.toMatchObject({ blame: 'disk' });
});

describe('verdicts', () => {
  const standing = (marks: ReturnType<typeof readBadVersions>, more = {}) =>
    standingMark(marks, { version: '1.2.0', ...key, now, ...more });

  test('P-26: one strike is no verdict, the second is', async () => {
    const layout = freshStore();
    await markBad(fs, layout, mark('1.2.0', { weight: 'strike' }), now);
    expect(standing(readBadVersions(fs, layout))).toBeNull();
    const second = await markBad(fs, layout, mark('1.2.0', { weight: 'strike' }), now);
    expect(second.strikes).toBe(2);
    expect(standing(readBadVersions(fs, layout))).toEqual(second);
  });

  test.each([
    ['the integrity', { integrity: 'sha512-b' }],
    ['the shell version', { shellVersion: '3.0.1' }],
    ['the ABI', { abi: 'linux-x64-137' }],
    ['nothing but the date, 14 days later', { now: daysLater(15) }],
  ])('S-06: a verdict is forgiven when %s differs', async (_what, change) => {
    const layout = freshStore();
    await markBad(fs, layout, mark('1.2.0'), now);
    const marks = readBadVersions(fs, layout);
    expect(standing(marks)).not.toBeNull();
    expect(standing(marks, { now: daysLater(13) })).not.toBeNull();
    expect(standing(marks, change)).toBeNull();
  });

  test('S-06: after 14 days there is one retry: failing again renews the verdict', async () => {
    const layout = freshStore();
    await markBad(fs, layout, mark('1.2.0'), now);
    await markBad(fs, layout, mark('1.2.0', { weight: 'strike' }), daysLater(15));
    expect(standing(readBadVersions(fs, layout), { now: daysLater(16) })).toMatchObject({ strikes: 3 });
  });

  test('S-06: strikes of other circumstances do not add up', async () => {
    const layout = freshStore();
    await markBad(fs, layout, mark('1.2.0', { weight: 'strike' }), now);
    const other = await markBad(fs, layout, mark('1.2.0', { weight: 'strike', shellVersion: '3.1.0' }), now);
    expect(other.strikes).toBe(1);
  });

  test('S-06: a rollback by hand stands until it is forgiven by hand', async () => {
    const layout = freshStore();
    await markBad(fs, layout, mark('1.2.0', { cause: 'ROLLED_BACK', reason: 'by hand' }), now);
    await markBad(fs, layout, mark('1.2.0', { weight: 'strike' }), now);
    const change = { now: daysLater(100), shellVersion: '9.0.0' };
    expect(standing(readBadVersions(fs, layout), change)).toMatchObject({
      cause: 'ROLLED_BACK',
      reason: 'by hand',
    });
    expect(await forgive(fs, layout, '1.2.0')).toBe(true);
    expect(await forgive(fs, layout, '1.2.0')).toBe(false);
    expect(standing(readBadVersions(fs, layout))).toBeNull();
  });
});
