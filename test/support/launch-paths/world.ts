import nodeFs, {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type LaunchSetup, launchSetup } from '#src/launching/setup.js';
import { storeLayout, treeListName } from '#src/store/layout.js';
import { fittingFile, misfittingFile } from '../natives/cross-files.ts';
import { bundledVersion, differences, listOf, packageName, sha256, staged, write } from './versions.ts';

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;
const fault = (code: string, file: string): Error => Object.assign(new Error(`${code}: ${file}`), { code });

const nativeName = 'native-dep';

/** Told before something in the store is renamed or removed. */
export type Watcher = (operation: 'rename' | 'unlink', file: string, to: string | null) => void;

/** A store with a pointer to 3.0.0, a previous good 2.0.0 and a bundled 1.0.0, and what can go wrong with it. */
export const createWorld = (dir: string, port: number | null) => {
  const layout = storeLayout(path.join(dir, 'store'));
  const bundled = path.join(dir, 'bundled');
  const exec = path.join(dir, 'node');
  const native = path.join(dir, 'natives', 'node_modules', nativeName);
  let watcher: Watcher = () => undefined;
  let unreadable: string | null = null;
  let unmovable: string | null = null;
  let patienceMs = 20_000;

  const refuse = (file: string): void => {
    if (unmovable !== null && file.startsWith(unmovable)) throw fault('EIO', file);
  };
  const disk: typeof nodeFs = {
    ...nodeFs,
    readFileSync: ((file: string, ...rest: [BufferEncoding]) => {
      if (unreadable !== null && file.startsWith(unreadable)) throw fault('EMFILE', file);
      return readFileSync(file, ...rest);
    }) as typeof readFileSync,
    renameSync: (from, to) => {
      refuse(String(from));
      watcher('rename', String(from), String(to));
      renameSync(from, to);
    },
    unlinkSync: file => {
      refuse(String(file));
      watcher('unlink', String(file), null);
      nodeFs.unlinkSync(file);
    },
  };

  const stage = (version: string): void => {
    write(layout.version(version), version);
    writeFileSync(path.join(layout.version(version), treeListName), listOf(version));
  };
  const isWhole = (version: string): boolean => {
    const list = layout.treeList(version);
    const listed = lstatSync(list, { throwIfNoEntry: false })?.isFile() === true;
    return (
      listed &&
      readFileSync(list, 'utf8') === listOf(version) &&
      differences(layout.version(version), version).length === 0
    );
  };
  const trusted = { launches: 3, trusted: true, tree: sha256(listOf('2.0.0')) };
  let seq = 0;

  const options = {
    package: packageName,
    bundled,
    store: layout.root,
    exec,
    natives: [{ name: nativeName, dir: native }],
    nativesMode: 'auto',
    probe: port === null ? 'ipc' : `http://127.0.0.1:${port}/`,
    env: { PATH: process.env.PATH, ...(port === null ? {} : { PORT: String(port) }) },
  };
  const setup: LaunchSetup = {
    ...launchSetup(options, disk),
    get probeTimeoutMs() {
      return patienceMs;
    },
  };

  const world = {
    dir,
    layout,
    setup,
    bundled,
    exec,
    watch: (next: Watcher) => {
      watcher = next;
    },
    /** What an update and a user would do between two launches: everything is there again, nothing is marked. */
    putBack: () => {
      for (const version of staged) if (!isWhole(version)) stage(version);
      seq += 1;
      writeFileSync(
        layout.current,
        json({ schema: 1, version: '3.0.0', seq, tree: sha256(listOf('3.0.0')) }),
      );
      rmSync(layout.badVersions, { force: true });
      const versions = { '2.0.0': trusted };
      writeFileSync(layout.health, json({ schema: 1, versions, trusted: ['2.0.0'], highWater: '2.0.0' }));
    },
    /** The launches that are remembered of a version. */
    remember: (version: string, launches: number) => {
      const health = JSON.parse(readFileSync(layout.health, 'utf8')) as { versions: object };
      const tree = version === bundledVersion ? null : sha256(listOf(version));
      const versions = { ...health.versions, [version]: { launches, trusted: false, tree } };
      writeFileSync(layout.health, json({ ...health, versions }));
    },
    /** The record of an attempt that a shell left open when it died. */
    leaveDeadShell: () => {
      const record = { schema: 1, id: 'of-a-dead-shell', version: '3.0.0', role: 'override', tree: null };
      const shell = { shell: '4194304-1-0', child: null, openedAt: new Date(0).toISOString(), state: 'open' };
      writeFileSync(layout.attempt(record.id), json({ ...record, ...shell }));
      return (): void => rmSync(layout.attempt(record.id));
    },
    /** A folder in the place of a file, or a file in that of a folder, while some work is done. */
    during: async <Output>(file: string, work: () => Promise<Output>): Promise<Output> => {
      const giveBack = world.block(file);
      try {
        return await work();
      } finally {
        giveBack();
      }
    },
    block: (file: string) => {
      const aside = `${file}.aside`;
      const was = existsSync(file);
      if (was) renameSync(file, aside);
      if (file.endsWith('.json')) mkdirSync(path.join(file, 'in-the-way'), { recursive: true });
      else writeFileSync(file, 'in the way');
      return (): void => {
        rmSync(file, { recursive: true, force: true });
        if (was) renameSync(aside, file);
      };
    },
    /** Neither staged nor bundled. */
    withNothing: async <Output>(work: () => Promise<Output>): Promise<Output> => {
      const places = [layout.versions, bundled];
      for (const place of places) renameSync(place, `${place}.aside`);
      try {
        return await work();
      } finally {
        for (const place of places) {
          rmSync(place, { recursive: true, force: true });
          renameSync(`${place}.aside`, place);
        }
      }
    },
    /** One flipped bit in the entry of a version; of the bundled one, which has no list, the entry goes. */
    damage: (version: string) => {
      const entry = path.join(layout.version(version), 'cli.js');
      if (version === bundledVersion) return rmSync(path.join(bundled, 'cli.js'));
      const bytes = readFileSync(entry);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      writeFileSync(entry, bytes);
      return undefined;
    },
    repairBundle: () => write(bundled, bundledVersion),
    /** The machine has no file handles left for what a version is made of. */
    outOfFiles: (version: string | null) => {
      unreadable = version === null ? null : path.join(layout.version(version), 'cli.js');
    },
    /** The only compiled file of the native dependency, as the bundle has it: read, and never loaded here. */
    natives: (which: 'fitting' | 'made for another system') => {
      const addon = path.join(native, 'addon.node');
      rmSync(addon, { force: true });
      symlinkSync(which === 'fitting' ? fittingFile() : misfittingFile(), addon);
    },
    /** The disk lets nothing of a version be moved or removed. */
    unmovable: (version: string | null) => {
      unmovable = version === null ? null : layout.version(version);
    },
    patience: (ms: number) => {
      patienceMs = ms;
    },
    executable: (there: boolean) => {
      rmSync(exec, { force: true });
      symlinkSync(there ? process.execPath : path.join(dir, 'gone'), exec);
    },
  };
  mkdirSync(native, { recursive: true });
  writeFileSync(path.join(native, 'package.json'), json({ name: nativeName, main: 'addon.node' }));
  mkdirSync(layout.root, { recursive: true });
  mkdirSync(layout.attempts);
  mkdirSync(layout.versions);
  world.executable(true);
  world.natives('fitting');
  world.repairBundle();
  return world;
};

export type World = ReturnType<typeof createWorld>;
