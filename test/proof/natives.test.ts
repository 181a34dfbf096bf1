import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StagedoorError } from '#src/failure.js';
import { copyNatives } from '#src/staging/native-copy.js';
import type { TreeEntry } from '#src/store/tree-list.js';
import { fs, layOut, newLauncher, newWorld, next, put, stage } from '../support/app-world.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { ran, seed, share } from '../support/proof/run.ts';
import { honestBundle, layOutBundle, loopingBundle } from '../support/tampering/linked-bundle.ts';
import { realAddon } from '../support/tampering/real-addon.ts';

const addonPlace = 'node_modules/native/addon.node';
/** Says that it is ready once it has loaded its native module. */
const program = `
import path from 'node:path';
process.dlopen({ exports: {} }, path.join(import.meta.dirname, ${JSON.stringify(addonPlace)}));
process.on('message', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
process.send({ type: 'stagedoor.ready', attempt: process.env.STAGEDOOR_ATTEMPT });
`;

const zeroFrom = (file: string, offset: number): void => {
  const { size } = statSync(file);
  truncateSync(file, offset);
  truncateSync(file, size);
};

const spoilt: Readonly<Record<string, (file: string) => void>> = {
  'cut in half': file => truncateSync(file, Math.floor(statSync(file).size / 2)),
  'zeroed behind its head': file => zeroFrom(file, 4096),
  'cut after its head': file => truncateSync(file, 4096),
  zeroed: file => zeroFrom(file, 0),
};

describe('P-10: a damaged native module', () => {
  const addon = realAddon();
  if (addon === null)
    console.log(
      'skipped: P-10 with a real native module, because none is installed here that this Node loads',
    );
  const withAddon = test.skipIf(addon === null);
  const files = (): Record<string, string | Buffer> => ({
    'cli.js': program,
    [addonPlace]: readFileSync(addon ?? ''),
    'node_modules/native/package.json': '{"name":"native"}',
  });

  withAddon('P-10: a whole one is loaded in the child', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { files: files() });
    expect(await newLauncher(world).start()).toMatchObject({ outcome: 'running', version: '1.1.0' });
  });

  for (const [how, spoil] of Object.entries(spoilt).slice(0, share(2, 4))) {
    withAddon(`P-10: one that is ${how} is refused before the spawn, and the shell goes on`, async () => {
      const world = newWorld();
      await stage(world, '1.1.0', { files: files() });
      spoil(path.join(world.layout.version('1.1.0'), addonPlace));
      const launcher = newLauncher(world);
      const failed = next(launcher, 'runtime:failed');
      expect(await launcher.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
      expect((await failed).error).toMatchObject({ code: 'TREE_DAMAGED' });
    });

    withAddon(`P-10: one that is ${how} after the check ends the child, not the shell`, async () => {
      const world = newWorld();
      layOut(world, '1.1.0', { files: files() });
      // Staged without a list: nothing is compared before the spawn, as if the damage came right after the check.
      rmSync(world.layout.treeList('1.1.0'));
      const cliEntry = path.join(world.layout.version('1.1.0'), 'cli.js');
      put(world.layout.current, JSON.stringify({ version: '1.1.0', cliEntry }));
      spoil(path.join(world.layout.version('1.1.0'), addonPlace));
      const launcher = newLauncher(world);
      const failed = next(launcher, 'runtime:failed');
      expect(await launcher.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
      expect(await failed).toMatchObject({ version: '1.1.0' });
    });
  }
});

/** The oracle: what stands behind each name of the source, links followed by the system. */
const behind = (dir: string, below = ''): Map<string, string> => {
  const found = new Map<string, string>();
  for (const name of readdirSync(path.join(dir, below))) {
    const inside = path.posix.join(below, name);
    const real = realpathSync(path.join(dir, inside));
    const stats = statSync(real);
    if (stats.isDirectory()) for (const [file, text] of behind(dir, inside)) found.set(file, text);
    else
      found.set(
        inside,
        `${(stats.mode & 0o111) === 0 ? 'plain' : 'executable'} ${readFileSync(real, 'latin1')}`,
      );
  }
  return found;
};

const foldersAndLinks = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(name =>
    lstatSync(path.join(dir, name)).isSymbolicLink(),
  );

const assertListed = (tree: string, files: readonly TreeEntry[]): void => {
  for (const { path: file, sha256, mode, size } of files) {
    const place = path.join(tree, file);
    const bytes = readFileSync(place);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect([bytes.length, lstatSync(place).mode & 0o777]).toEqual([size, mode]);
  }
};

const copied = (dir: string, tree: string): TreeEntry[] => {
  mkdirSync(tree);
  return copyNatives(fs, tree, [{ name: 'native', dir }], new AbortController().signal, () => undefined);
};

describe('P-15: natives from a bundle full of links', () => {
  test('P-15: every link is followed, none is left, +x stays, hashes are those of the bytes, and the bundle may go', ({
    task,
  }) => {
    const dir = memoryFolder('stagedoor-links');
    const numRuns = share(40, 1000);
    let number = 0;
    fc.assert(
      fc.property(honestBundle, parts => {
        number += 1;
        const [bundle, tree] = [path.join(dir, `${number}`, 'bundle'), path.join(dir, `${number}`, 'tree')];
        const source = layOutBundle(bundle, parts);
        const expected = behind(source);
        const files = copied(source, tree);
        renameSync(bundle, `${bundle}-moved`);
        rmSync(path.join(dir, `${number}`, 'shared'), { recursive: true });
        expect(foldersAndLinks(tree)).toEqual([]);
        expect(behind(path.join(tree, 'node_modules', 'native'))).toEqual(expected);
        const listed = new Set(files.map(({ path: file }) => file.replace('node_modules/native/', '')));
        expect(listed).toEqual(new Set(expected.keys()));
        assertListed(tree, files);
        rmSync(path.join(dir, `${number}`), { recursive: true });
      }),
      { seed, numRuns },
    );
    ran({ task }, numRuns, 'linked bundles');
  });

  test('P-15: a loop of links is a typed failure that names its place', ({ task }) => {
    const dir = memoryFolder('stagedoor-links');
    const numRuns = share(20, 300);
    let number = 0;
    fc.assert(
      fc.property(loopingBundle, parts => {
        number += 1;
        const source = layOutBundle(path.join(dir, `${number}`, 'bundle'), parts);
        let thrown: unknown;
        try {
          copied(source, path.join(dir, `${number}`, 'tree'));
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(StagedoorError);
        expect(thrown).toMatchObject({
          code: 'NATIVE_SOURCE_MISSING',
          message: expect.stringContaining(source),
        });
        rmSync(path.join(dir, `${number}`), { recursive: true });
      }),
      { seed, numRuns },
    );
    ran({ task }, numRuns, 'looping bundles');
  });
});
