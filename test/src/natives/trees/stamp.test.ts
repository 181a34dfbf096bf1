import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isMadeBy, readStamp, serializeStamp, stampOf } from '#src/natives/trees/stamp.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { isVersion } from '#src/store/semantic-version.js';
import { ownVersion } from '#src/version.js';
import { temporaryFolder } from '../../../support/folder.ts';

const a = { name: 'a', version: '1.0.0', hashes: ['sha256:1', 'sha256:2'] };
const b = { name: '@b/c', version: '2.0.0', hashes: ['sha512-x'] };

test('N-04: a stamp names our version and what is held, in whatever order that is said', () => {
  expect(isVersion(stampOf(['a'], [a, b], []))).toBe(true);
  expect(isMadeBy(ownVersion, stampOf(['a'], [a, b], []))).toBe(true);
  const turned = { ...a, hashes: [...a.hashes].reverse() };
  expect(stampOf(['b', 'a'], [b, turned], ['y', 'x'])).toBe(stampOf(['a', 'b'], [a, b], ['x', 'y']));
});

test('N-04: another version, hash, package, build or native is another stamp', () => {
  const stamps = [
    stampOf(['a'], [a], []),
    stampOf(['a'], [a, b], []),
    stampOf(['a'], [{ ...a, version: '1.0.1' }], []),
    stampOf(['a'], [{ ...a, hashes: ['sha256:1'] }], []),
    stampOf(['a'], [a], ['a']),
    stampOf(['a', 'b'], [a], []),
  ];
  expect(new Set(stamps).size).toBe(stamps.length);
});

test('N-04: a pre-release of our own is told from its release, and from a version that begins alike', () => {
  const digest = 'abcdefabcdefabcdefabcdef';
  expect(isMadeBy('1.0.0-rc.1', `1.0.0-rc.1.n${digest}`)).toBe(true);
  expect(isVersion(`1.0.0-rc.1.n${digest}`)).toBe(true);
  expect(isMadeBy('1.0.0', `1.0.0-rc.1.n${digest}`)).toBe(false);
  expect(isMadeBy('1.0.0', `1.0.0-n${digest}x`)).toBe(false);
  expect(isMadeBy('1.0.0-rc.1', `1.0.0-rc.10.n${digest}`)).toBe(false);
});

test('N-04: a stamp is read back as it was written, and what is none reads as nothing', () => {
  const file = path.join(temporaryFolder(), 'stamp.json');
  const stamp = {
    schema: 1,
    stagedoor: ownVersion,
    tag: 't',
    names: ['a'],
    pins: [a],
    built: ['a'],
  } as const;
  writeFileSync(file, serializeStamp(stamp));
  expect(readStamp(nodeFileSystem, file)).toEqual(stamp);
  for (const text of ['', '[]', '{"schema":2}', '{"schema":1,"stagedoor":1,"tag":"t"}', '{"schema":1']) {
    writeFileSync(file, text);
    expect(readStamp(nodeFileSystem, file), text).toBeNull();
  }
});
