import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { FailureCode } from '#machines/failure.js';
import { fittingFile, misfittingFile, ownSystem, silent } from '../natives/cross-files.ts';
import type { Arrangement, Arrangements, Scene } from './arrangement.ts';
import { shapeOf } from './disk.ts';
import { treeOf } from './published.ts';

const plain: Arrangement = { name: 'as it is' };

const partial = ({ world, scratch }: Scene, ...names: readonly string[]): string =>
  path.join(world.store, 'versions', scratch, ...names);
const folderOf = ({ world, version }: Scene, ...names: readonly string[]): string =>
  path.join(world.store, 'versions', version, ...names);

/** Changes one bit of a file. */
export const flip = (file: string, at = 3): void => {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
};

/** Something happens to a file or folder of the run in work. */
const trouble = (
  name: string,
  codes: readonly FailureCode[],
  harm: (scene: Scene) => unknown,
  more: Partial<Arrangement> = {},
): Arrangement => ({
  name,
  codes,
  prepare: scene => {
    harm(scene);
    return undefined;
  },
  ...more,
});

const damaged = (name: string, harm: (tree: string) => unknown): Arrangement =>
  trouble(name, ['TREE_DAMAGED'], scene => harm(partial(scene, 'tree')));

/** The harm stays: the folder is expected as it is now, until a commit replaces it. */
const damagedFolder = (name: string, harm: (tree: string) => unknown): Arrangement =>
  trouble(name, ['TREE_DAMAGED'], scene => {
    harm(folderOf(scene));
    const shape = new Map(shapeOf(folderOf(scene)));
    shape.delete('.stagedoor-tree.json');
    scene.world.expected.versions.set(scene.version, shape);
  });

/** Moves something of the bundle away until the effect has settled. */
const awayFromBundle = (name: string, place: (native: string) => string): Arrangement => ({
  name,
  codes: ['NATIVE_SOURCE_MISSING'],
  prepare: ({ world }) => {
    const file = place(world.native);
    renameSync(file, `${file}-away`);
    return () => renameSync(`${file}-away`, file);
  },
});

/** Another compiled file in the place of the one in the bundle, until the effect has settled. */
const otherAddon = (name: string, bytes: () => Buffer): Arrangement => ({
  name,
  prepare: ({ world }) => {
    const addon = path.join(world.native, 'build', 'addon.node');
    renameSync(addon, `${addon}-away`);
    writeFileSync(addon, bytes());
    return () => renameSync(`${addon}-away`, addon);
  },
});

/** The mark of a refused package: its version, its integrity, and nothing else that was not there before. */
const admitMark = ({ world, version }: Scene): void => {
  const text = readFileSync(path.join(world.store, 'bad-versions.json'), 'utf8');
  const { versions } = JSON.parse(text) as { versions: { version: string; integrity: string | null }[] };
  const mark = versions.find(one => one.version === version);
  if (mark?.integrity !== world.announced())
    throw new Error(`U-03: ${version} is refused and not marked by its integrity`);
  const others = versions.filter(one => one.version !== version).map(one => one.version);
  if (others.some(other => !world.marked.has(other)))
    throw new Error(`P-26: other versions are marked: ${text}`);
  world.marked.set(version, mark.integrity);
  world.accept();
};

const refused = (codes: readonly FailureCode[]): Arrangement => ({
  name: 'a package that must be refused',
  fits: ({ refusesPackage }) => refusesPackage,
  codes,
  settled: admitMark,
});
const local = { fits: ({ refusesPackage }: Scene) => !refusesPackage };

const pointerIsFolder: Arrangement = {
  name: 'a folder in place of the pointer',
  codes: ['STORE_UNREADABLE'],
  prepare: ({ world }) => {
    const pointer = path.join(world.store, 'current.json');
    renameSync(pointer, `${pointer}-away`);
    mkdirSync(path.join(pointer, 'inside'), { recursive: true });
    return () => {
      rmSync(pointer, { recursive: true });
      renameSync(`${pointer}-away`, pointer);
    };
  },
  settled: ({ world: { expected }, version }) => {
    expected.versions.set(version, treeOf(version));
    if (version === expected.pointer.version) expected.replaced.add(version);
  },
};

/** What makes an effect on the disk end as a path says. */
export const diskTroubles: Arrangements = {
  adoptFolder: [plain],
  'adoptFolder fails': [
    damagedFolder('a flipped bit in the finished folder', tree => flip(path.join(tree, 'lib', 'noise.bin'))),
    damagedFolder('a file of it is gone', tree => rmSync(path.join(tree, 'cli.js'))),
    damagedFolder('a foreign file in it', tree => writeFileSync(path.join(tree, 'lib', 'new.js'), 'new')),
  ],
  download: [plain],
  extract: [plain],
  'extract fails': [
    refused(['PACKAGE_UNSAFE', 'PACKAGE_INVALID']),
    trouble('its place is taken', ['STORE_UNREADABLE'], scene => mkdirSync(partial(scene, 'tree')), local),
    trouble(
      'the tarball is gone',
      ['STORE_UNREADABLE'],
      scene => rmSync(partial(scene, 'package.tgz')),
      local,
    ),
  ],
  'matchNatives open': [
    otherAddon('what the bundle has fits', () => readFileSync(fittingFile())),
    otherAddon('nobody can tell', () => silent(ownSystem)),
    { name: 'no library at all' },
  ],
  'matchNatives closed': [otherAddon('made for another system', () => readFileSync(misfittingFile()))],
  'matchNatives fails': [
    {
      name: 'a defect',
      codes: ['INTERNAL'],
      prepare: ({ world }) => {
        world.natives.broken = true;
        return () => {
          world.natives.broken = false;
        };
      },
    },
  ],
  stageNatives: [plain],
  'stageNatives fails': [
    awayFromBundle('the bundle has moved', native => native),
    awayFromBundle('it has no package.json', native => path.join(native, 'package.json')),
    awayFromBundle('a link of it leads nowhere', native => path.join(native, '..', '..', 'shared')),
  ],
  verifyTree: [plain],
  'verifyTree fails': [
    damaged('a file has grown', tree => appendFileSync(path.join(tree, 'cli.js'), ' ')),
    damaged('a file is cut', tree => writeFileSync(path.join(tree, 'lib', 'noise.bin'), '')),
    damaged('a file is gone', tree => rmSync(path.join(tree, 'lib', 'deep'), { recursive: true })),
    damaged('a foreign file', tree => writeFileSync(path.join(tree, 'new.js'), 'new')),
    damaged('other rights', tree => chmodSync(path.join(tree, 'package.json'), 0o666)),
    damaged('a link in place of a file', tree => {
      rmSync(path.join(tree, 'cli.js'));
      symlinkSync('/dev/null', path.join(tree, 'cli.js'));
    }),
  ],
  'commitPointer committed': [
    {
      ...plain,
      settled: ({ world, version }) => {
        world.expected.versions.set(version, treeOf(version));
        world.expected.pointer = { version, seq: world.expected.pointer.seq + 1 };
        world.expected.replaced.delete(version);
      },
    },
  ],
  'commitPointer overtaken': [
    {
      name: 'another process has pointed to a newer version',
      prepare: ({ world }) => {
        const rival = world.nextVersion();
        world.layFinished(rival);
        world.point(rival);
        return undefined;
      },
      settled: ({ world, version }) => world.expected.versions.set(version, treeOf(version)),
    },
  ],
  'commitPointer fails': [
    pointerIsFolder,
    trouble(
      'the staged tree is gone',
      ['TREE_DAMAGED'],
      scene => rmSync(path.dirname(partial(scene)), { recursive: true }),
      {
        fits: scene => existsSync(partial(scene, 'tree')),
      },
    ),
    trouble(
      'the adopted folder is gone',
      ['TREE_DAMAGED'],
      scene => rmSync(folderOf(scene), { recursive: true }),
      {
        fits: scene => !existsSync(partial(scene, 'tree')),
        settled: ({ world, version }) => world.expected.versions.delete(version),
      },
    ),
  ],
  cleanScratch: [plain],
  'cleanScratch fails': [
    {
      name: 'a folder in place of a lease',
      codes: ['STORE_UNREADABLE', 'DISK_DENIED'],
      prepare: ({ world }) => {
        const leases = path.join(world.store, 'leases');
        mkdirSync(path.join(leases, 'foreign.json'), { recursive: true });
        return () => rmSync(leases, { recursive: true });
      },
    },
  ],
};

const moments = ['waiting', 'begun', 'midway'].map(name => ({ name }));
const hanging = (path: 'packument' | 'tarball'): Arrangement => ({
  name: 'hanging',
  prepare: ({ world }) => world.registry.fault({ path }, { kind: 'hang' }),
});

/** When an effect is cancelled. */
export const cancellations: Arrangements = {
  'cancel checkRegistry': [...moments, hanging('packument')],
  'cancel adoptFolder': moments,
  'cancel download': [...moments, hanging('tarball')],
  'cancel extract': moments,
  'cancel matchNatives': moments,
  'cancel stageNatives': moments,
  'cancel verifyTree': moments,
};
