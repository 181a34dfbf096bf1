import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makePackage, withTarball } from '#src/testing/index.js';
import { freshFolder, packageName } from '../src/staging/staging-world.ts';
import { byteChanges, changed, headerChanges, withHeaders } from '../support/hostile/byte-mutation.ts';
import { fingerprint } from '../support/hostile/fingerprint.ts';
import { besiege, expectBlamed, type Siege } from '../support/hostile/siege.ts';
import { lockName } from '../support/locked.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

/** Mostly content, so that changes meet it, too. */
const published = makePackage({
  name: packageName,
  version: '1.2.0',
  files: {
    'cli.js': 'console.log("1.2.0");\n'.repeat(200),
    'lib/deep/module.js': 'export const deep = true;\n'.repeat(300),
    'empty.txt': '',
    'bin/run': { content: '#!/bin/sh\n', mode: 0o755 },
  },
  manifest: { bin: 'cli.js' },
});
const archive = gunzipSync(published.tarball);
const ours = ['.stagedoor-tree.json', lockName];

/** Files and what they hold; rights are ours to choose. */
const contents = (dir: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fingerprint(dir, name => ours.includes(name))).map(([name, what]) => [
      name,
      what.replace(/^(file|folder) \d+/, '$1'),
    ]),
  );

const bench = async () => {
  const siege = await besiege();
  const { root } = siege.world;
  const saved = path.join(freshFolder(), 'store');
  cpSync(root, saved, { recursive: true });
  return {
    siege,
    staged: { count: 0 },
    restore: () => {
      rmSync(root, { recursive: true });
      cpSync(saved, root, { recursive: true });
    },
  };
};

const expectRefused = async (siege: Siege, code: string, why: string): Promise<void> => {
  expect(await siege.update(), why).toMatchObject({ kind: 'failed', failure: { code } });
  siege.expectUntouched(why);
};

test('P-17: a tarball with any bytes changed is never committed', async context => {
  const { siege } = await bench();
  const numRuns = share(12, 800);
  await fc.assert(
    fc.asyncProperty(byteChanges, async changes => {
      const tarball = changed(published.tarball, changes);
      fc.pre(!tarball.equals(published.tarball));
      siege.world.registry.publish({ ...published, tarball });
      await expectRefused(siege, 'INTEGRITY_MISMATCH', JSON.stringify(changes));
    }),
    { seed, numRuns },
  );
  ran(context, numRuns, 'tarballs');
});

const hasTar = spawnSync('tar', ['--version']).stdout?.toString().includes('GNU tar') === true;

/** What another program makes of the same tarball; null where it refuses. */
const asOthersUnpack = (tarball: Buffer): Readonly<Record<string, string>> | null => {
  const dir = freshFolder();
  const file = path.join(dir, 'package.tgz');
  const tree = path.join(dir, 'tree');
  mkdirSync(tree);
  writeFileSync(file, tarball);
  try {
    execFileSync('tar', ['-xzf', file, '-C', tree, '--strip-components=1', '--no-same-owner'], {
      stdio: 'ignore',
    });
    return contents(tree);
  } catch {
    return null;
  }
};

/** Bytes that were published as they are: refused as a package, or staged as every other reader unpacks them. */
const judge = async (
  { siege, staged, restore }: Awaited<ReturnType<typeof bench>>,
  tarball: Buffer,
  why: string,
): Promise<void> => {
  siege.world.registry.publish(withTarball(published, tarball));
  const ending = await siege.update();
  if (ending.kind !== 'staged') {
    expect(ending.kind === 'failed' || ending.kind === 'badVersion', `${why}: ${ending.kind}`).toBe(true);
    if (ending.kind === 'failed') expectBlamed(ending.failure, why);
    siege.expectUntouched(why);
    return;
  }
  staged.count += 1;
  const ours = contents(siege.world.layout.version('1.2.0'));
  const theirs = hasTar ? asOthersUnpack(tarball) : null;
  restore();
  if (theirs !== null) expect(ours, why).toEqual(theirs);
};

if (!hasTar) console.log('skipped: the comparison with what GNU tar unpacks, which needs GNU tar');

test('P-21: an archive with any bytes changed is refused, or unpacked as others unpack it', async context => {
  const scene = await bench();
  const numRuns = share(12, 400);
  await fc.assert(
    fc.asyncProperty(byteChanges, changes =>
      judge(scene, gzipSync(changed(archive, changes)), JSON.stringify(changes)),
    ),
    { seed, numRuns },
  );
  // Changes of contents alone make a good package: as many as that must have been met.
  if (isFull) expect(scene.staged.count).toBeGreaterThan(numRuns / 20);
  ran(context, numRuns, 'tarballs');
});

test('P-21: an archive whose headers say something else is refused, or unpacked as others unpack it', async context => {
  const scene = await bench();
  const numRuns = share(12, 800);
  await fc.assert(
    fc.asyncProperty(headerChanges, changes =>
      judge(scene, gzipSync(withHeaders(archive, changes)), JSON.stringify(changes)),
    ),
    { seed, numRuns },
  );
  if (isFull) expect(scene.staged.count).toBeGreaterThan(numRuns / 20);
  ran(context, numRuns, 'tarballs');
});
