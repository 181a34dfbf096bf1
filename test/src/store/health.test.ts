import { expect, test } from 'vitest';
import { isFirstStart, previousGood, readHealth, recordReady, recordTrusted } from '#src/store/health.js';
import { readPin, removePin, writePin } from '#src/store/pin.js';
import { freshStore, fs, put } from './fresh-store.ts';

const tree = 'c'.repeat(64);

test('L-03: the third healthy launch makes a version trusted, and only that one previous good', async () => {
  const layout = freshStore();
  const proof = { version: '1.1.0', tree };
  expect(isFirstStart(readHealth(fs, layout), proof)).toBe(true);
  expect(await recordReady(fs, layout, proof)).toEqual({ healthyLaunches: 1, trusted: false });
  expect(isFirstStart(readHealth(fs, layout), proof)).toBe(false);
  await recordReady(fs, layout, proof);
  expect(previousGood(readHealth(fs, layout), null)).toBeNull();
  expect(await recordReady(fs, layout, proof)).toEqual({ healthyLaunches: 3, trusted: true });
  expect(previousGood(readHealth(fs, layout), '1.2.0')).toBe('1.1.0');
  expect(previousGood(readHealth(fs, layout), '1.1.0')).toBeNull();
});

test('L-03: another tree under the same number starts from zero', async () => {
  const layout = freshStore();
  await recordTrusted(fs, layout, { version: '1.1.0', tree });
  expect(isFirstStart(readHealth(fs, layout), { version: '1.1.0', tree: null })).toBe(true);
  expect(await recordReady(fs, layout, { version: '1.1.0', tree: null })).toEqual({
    healthyLaunches: 1,
    trusted: false,
  });
  expect(readHealth(fs, layout).trusted).toEqual([]);
});

test('L-03: previous good is the version that was trusted last', async () => {
  const layout = freshStore();
  for (const version of ['1.2.0', '1.1.0', '1.3.0']) await recordTrusted(fs, layout, { version, tree });
  expect(readHealth(fs, layout).trusted).toEqual(['1.2.0', '1.1.0', '1.3.0']);
  expect(previousGood(readHealth(fs, layout), '1.3.0')).toBe('1.1.0');
});

test('P-19: the high-water mark rises with trust alone and never falls', async () => {
  const layout = freshStore();
  await recordReady(fs, layout, { version: '1.9.0', tree });
  expect(readHealth(fs, layout).highWater).toBeNull();
  await recordTrusted(fs, layout, { version: '1.2.0', tree });
  await recordTrusted(fs, layout, { version: '1.1.0', tree });
  expect(readHealth(fs, layout).highWater).toBe('1.2.0');
});

test('P-13: versions of long ago are forgotten', async () => {
  const layout = freshStore();
  for (let minor = 0; minor < 25; minor += 1)
    await recordTrusted(fs, layout, { version: `1.${minor}.0`, tree });
  const health = readHealth(fs, layout);
  expect(Object.keys(health.versions)).toHaveLength(20);
  expect(health.trusted[0]).toBe('1.5.0');
});

test.each(['{', '[]', '{"versions":{"x":1,"1.0.0":null},"trusted":"1.0.0","highWater":5}'])(
  'S-02: a damaged health file %j is no proof of anything',
  text => {
    const layout = freshStore();
    put(layout.health, text);
    expect(readHealth(fs, layout)).toMatchObject({ trusted: [], highWater: null });
  },
);

test('S-02: a pin is read back, and a damaged one pins nothing', async () => {
  const layout = freshStore();
  expect(await removePin(fs, layout)).toBeNull();
  await writePin(fs, layout, '1.1.0');
  expect(readPin(fs, layout)).toBe('1.1.0');
  expect(await removePin(fs, layout)).toBe('1.1.0');
  put(layout.pin, '{"version":"../x"}');
  expect(readPin(fs, layout)).toBeNull();
});
