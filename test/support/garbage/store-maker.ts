import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { hasErrno } from '#src/failure.js';
import { recordTrusted } from '#src/store/health.js';
import { type Layout, storeLayout } from '#src/store/layout.js';
import { commitPointer } from '#src/store/pointer.js';
import { type AppWorld, app, bundle, fs, layOut, put } from '../app-world.ts';
import { damaged, mutated } from '../fuzz/mutation.ts';
import { memoryFolder } from '../memory-folder.ts';
import { makeSpecialFiles, type SpecialFiles } from './special-files.ts';
import type { Filling, StoreShape } from './store-shape.ts';

/** A good store to copy from, what lies beside it, and where the copies are made. */
export type Workshop = {
  readonly dir: string;
  readonly bundled: string;
  readonly template: Layout;
  readonly outside: string;
  readonly special: SpecialFiles;
};

export const files = { 'data/text.txt': 'harmless', 'node_modules/native/addon.node': 'machine code' };
const mark = {
  version: '1.3.0',
  cause: 'LAUNCH_EXITED_EARLY',
  reason: 'it died',
  strikes: 2,
  lastSeen: new Date(0).toISOString(),
};
const dead = '4194303-1-0';
/** What the registry offers to the next update. */
export const published = '1.4.0';

const documents: Readonly<Record<string, unknown>> = {
  'bad-versions.json': { schema: 1, versions: [mark] },
  'pin.json': { schema: 1, version: '1.2.0' },
  'attempts/0abcdefgh-0123456789.json': {
    schema: 1,
    id: '0abcdefgh-0123456789',
    version: '1.2.0',
    role: 'override',
    tree: null,
    shell: dead,
    child: { pid: 4_194_302, token: '4194302-1-0' },
    openedAt: new Date(0).toISOString(),
    state: 'ready',
    detail: null,
  },
  'leases/0123456789abcdef.json': { schema: 1, version: '1.1.0', holder: dead },
  'journal.jsonl': { schema: 1, event: 'launch.resolved', candidates: [], refusals: [] },
  'journal.1.jsonl': { schema: 1, event: 'launch.resolved', candidates: [], refusals: [] },
};

/** The bytes that a version must have wherever it is launched from. */
export const goodTree = ({ dir, template }: Workshop, version: string): string =>
  version === published ? path.join(dir, 'published') : template.version(version);

/** What must be there afterwards, whatever is done to the store: names that a sweep or a collection looks for. */
const plantOutside = (outside: string): void => {
  const names = [
    '1.1.0/cli.js',
    `${published}/cli.js`,
    '1.3.0.partial/x/tree.txt',
    'a.json',
    '0abcdefgh-0123456789.json',
    `.x.json.${dead}-0123456789ab.tmp`,
    '.stagedoor-tree.json',
    'file',
    'folder/deep/file',
    ...Array.from({ length: 60 }, (_, index) => `record-${index}.json`),
  ];
  for (const name of names) {
    mkdirSync(path.dirname(path.join(outside, name)), { recursive: true });
    writeFileSync(path.join(outside, name), `of the user: ${name}`);
  }
};

export const openWorkshop = async (): Promise<Workshop & { readonly world: AppWorld }> => {
  const dir = memoryFolder('stagedoor-garbage');
  const template = storeLayout(path.join(dir, 'template'));
  const bundled = bundle(path.join(dir, 'bundled'), '1.0.0');
  const world: AppWorld = {
    dir,
    bundled,
    layout: template,
    options: { package: app, bundled, store: template.root, probe: 'ipc', updates: false },
  };
  const older = layOut(world, '1.1.0', { files });
  await recordTrusted(fs, template, { version: '1.1.0', tree: older });
  await commitPointer(fs, template, { version: '1.2.0', tree: layOut(world, '1.2.0', { files }) });
  mkdirSync(path.join(template.versions, '1.3.0.partial', `${dead}-0123456789ab`), { recursive: true });
  mkdirSync(path.join(template.trash, '0123456789abcdef'), { recursive: true });
  mkdirSync(template.cache);
  for (const place of ['attempts/0abcdefgh-0123456789.json', 'leases/0123456789abcdef.json', 'journal.jsonl'])
    put(path.join(template.root, place), `${JSON.stringify(documents[place])}\n`);
  bundle(path.join(dir, 'published'), published, { files });
  const outside = path.join(dir, 'outside');
  plantOutside(outside);
  return { dir, bundled, template, outside, special: await makeSpecialFiles(dir), world };
};

const copyTree = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    // The same file by another name: cheap, and its times stay. Whatever changes it puts a new one in its place.
    else if (from.includes(`${path.sep}versions${path.sep}`)) linkSync(source, target);
    else copyFileSync(source, target);
  }
};

const sparse = (file: string, bytes: number): void => {
  const descriptor = openSync(file, 'w');
  ftruncateSync(descriptor, bytes);
  closeSync(descriptor);
};

/** The text that a mutation begins with: what lies there in a good store. */
const documentAt = ({ template }: Workshop, place: string): unknown => {
  const known = documents[place];
  if (known !== undefined) return known;
  const file = path.join(template.root, place);
  if (!place.endsWith('.json') || !existsSync(file)) return { schema: 1, version: '1.2.0' };
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return value;
};

const originalOf = (workshop: Workshop, place: string): Buffer => {
  const file = path.join(workshop.template.root, place);
  const known = documents[place];
  if (known !== undefined) return Buffer.from(`${JSON.stringify(known)}\n`);
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true
    ? readFileSync(file)
    : Buffer.from('{"version":"1.2.0"}');
};

const targetOf = (workshop: Workshop, file: string, to: Extract<Filling, { kind: 'link' }>['to']): string => {
  const targets = {
    itself: path.basename(file),
    'each-other': `${path.basename(file)}.other`,
    nowhere: 'nowhere',
    outside: workshop.outside,
    'outside-file': path.join(workshop.outside, 'file'),
    device: '/dev/null',
    up: '..',
    good: workshop.template.version('1.2.0'),
  };
  return targets[to];
};

const oddities = (dir: string): void => {
  mkdirSync(dir);
  for (const name of ['a\nb.json', '\u{1f600}.partial', '%2e%2e', ' ', `${'x'.repeat(250)}.json`]) {
    writeFileSync(path.join(dir, name), '{');
  }
  // No text at all: bytes that are not UTF-8.
  const raw = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('.json')]);
  writeFileSync(raw, '{');
};

const special = (workshop: Workshop, kind: 'fifo' | 'socket' | 'device', file: string): void => {
  const source = workshop.special[kind];
  if (source === null) writeFileSync(file, '');
  else linkSync(source, file);
};

const folderOf = (dir: string, names: readonly string[]): void => {
  mkdirSync(dir);
  for (const name of names) writeFileSync(path.join(dir, name), '{"version":"1.2.0"}');
};

const crowdOf = (count: number): string[] => Array.from({ length: count }, (_, one) => `1.0.${one}.json`);

const linkTo = (workshop: Workshop, file: string, to: Extract<Filling, { kind: 'link' }>['to']): void => {
  symlinkSync(targetOf(workshop, file, to), file);
  if (to === 'each-other') symlinkSync(path.basename(file), `${file}.other`);
};

type Fillers = { readonly [Kind in Filling['kind']]: (filling: Extract<Filling, { kind: Kind }>) => void };

const fillersFor = (workshop: Workshop, file: string, place: string): Fillers => ({
  nothing: () => undefined,
  empty: () => writeFileSync(file, ''),
  fifo: ({ kind }) => special(workshop, kind, file),
  socket: ({ kind }) => special(workshop, kind, file),
  device: ({ kind }) => special(workshop, kind, file),
  forbidden: () => {
    writeFileSync(file, '{}');
    chmodSync(file, 0);
  },
  bytes: ({ bytes }) => writeFileSync(file, bytes),
  damaged: ({ damages }) => writeFileSync(file, damaged(originalOf(workshop, place), damages)),
  mutated: ({ mutations }) => writeFileSync(file, mutated(documentAt(workshop, place), mutations)),
  folder: ({ names }) => folderOf(file, names),
  crowd: ({ count }) => folderOf(file, crowdOf(count)),
  sparse: ({ gigabytes }) => sparse(file, gigabytes * 2 ** 30),
  'odd-names': () => oddities(file),
  link: ({ to }) => linkTo(workshop, file, to),
});

const fill = <Kind extends Filling['kind']>(
  workshop: Workshop,
  file: string,
  place: string,
  filling: Extract<Filling, { kind: Kind }>,
): void => {
  const kind: Kind = filling.kind;
  fillersFor(workshop, file, place)[kind](filling);
};

/** A mishap may find that another one has taken its place away: then it does not happen. */
const befall = (workshop: Workshop, root: string, place: string, filling: Filling): void => {
  const file = path.join(root, place);
  try {
    if (!realParent(file).startsWith(root)) return;
    mkdirSync(path.dirname(file), { recursive: true });
    rmSync(file, { recursive: true, force: true });
    fill(workshop, file, place, filling);
  } catch (error) {
    if (!hasErrno(error, 'ENOTDIR', 'EEXIST', 'ENOENT', 'ELOOP')) throw error;
  }
};

/** No mishap reaches through a link: what lies outside is not ours to spoil. */
const realParent = (file: string): string => {
  const above = path.dirname(file);
  const stats = lstatSync(above, { throwIfNoEntry: false });
  return stats?.isSymbolicLink() === true
    ? '/'
    : stats === undefined
      ? realParent(above)
      : fs.realpathSync(above);
};

/** Makes a store of a shape; gives back its root. */
export const makeStore = (workshop: Workshop, { root: kind, mishaps }: StoreShape, name: string): string => {
  const root = path.join(workshop.dir, name);
  rmSync(root, { recursive: true, force: true });
  rmSync(`${root}-real`, { recursive: true, force: true });
  if (kind === 'missing') return root;
  if (kind === 'file') writeFileSync(root, 'no folder');
  if (kind === 'loop') symlinkSync(path.basename(root), root);
  if (kind === 'file' || kind === 'loop') return root;
  const real = kind === 'link' ? `${root}-real` : root;
  copyTree(workshop.template.root, real);
  if (kind === 'link') symlinkSync(real, root);
  for (const { place, filling } of mishaps) befall(workshop, real, place, filling);
  return root;
};
