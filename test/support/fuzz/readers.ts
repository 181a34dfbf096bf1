import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { blameByCode } from '#machines/failure.js';
import { readConfigFile } from '#src/cli/setting-sources.js';
import { UsageError } from '#src/cli/usage-error.js';
import { StagedoorError } from '#src/failure.js';
import { readBundled } from '#src/launching/bundled.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { pluginRecordName } from '#src/plugins/place.js';
import { readPluginRecord } from '#src/plugins/record.js';
import { ownToken } from '#src/process/identity.js';
import { readAttempts } from '#src/store/attempts.js';
import { markBad, readBadVersions } from '#src/store/bad-versions.js';
import { packageEntry } from '#src/store/entry.js';
import { readHealth, recordReady } from '#src/store/health.js';
import { openJournal, readJournal } from '#src/store/journal.js';
import { storeLayout } from '#src/store/layout.js';
import { liveLeases, takeLease } from '#src/store/lease.js';
import { readPin, writePin } from '#src/store/pin.js';
import { commitPointer, readPointer } from '#src/store/pointer.js';
import { readTreeList } from '#src/store/tree-list.js';
import { fs } from '../app-world.ts';
import {
  fields,
  isDigest,
  isFlag,
  isNamedVersion,
  isNull,
  isText,
  isWhole,
  listOf,
  oneOf,
  recordOf,
  type Shape,
  word,
} from './shapes.ts';

/** One file that is read: a valid one, its reader with a look at what comes of it, and what writes it anew. */
export type ReaderCase = {
  readonly file: string;
  /** JSON, or the text itself. */
  readonly valid: unknown;
  /** Throws for a value of another shape; `nothing` where the file counts as absent. */
  readonly read: (dir: string) => 'something' | 'nothing';
  readonly repair?: (dir: string) => Promise<unknown>;
};

const tree = 'a'.repeat(64);
const id = '0abcdefgh-0123456789';
const dead = '4194303-1-0';

const held = (shape: Shape, value: unknown, isNothing: boolean): 'something' | 'nothing' => {
  if (!shape(value)) throw new Error(`it gives another shape: ${JSON.stringify(value)}`);
  return isNothing ? 'nothing' : 'something';
};

const isPlain: Shape = value => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber: Shape = value => typeof value === 'number';
const pointer = fields({ version: isNamedVersion, seq: isWhole, tree: oneOf(isNull, isDigest) });
const pointerState = oneOf(
  fields({ kind: word('none') }),
  fields({ kind: word('invalid'), reason: isText }),
  fields({ kind: word('valid'), pointer, legacy: isFlag }),
);
const badMark = fields({
  version: isNamedVersion,
  integrity: oneOf(isNull, isText),
  platform: isText,
  abi: isText,
  shellVersion: isText,
  cause: word('ROLLED_BACK', 'SHELL_DIED', ...Object.keys(blameByCode)),
  reason: isText,
  strikes: isWhole,
  attempt: oneOf(isNull, isText),
  firstSeen: isText,
  lastSeen: isText,
});
const health = fields({
  versions: recordOf(
    isNamedVersion,
    fields({ launches: isWhole, trusted: isFlag, tree: oneOf(isNull, isDigest) }),
  ),
  trusted: listOf(isNamedVersion),
  highWater: oneOf(isNull, isNamedVersion),
});
const attempt = fields({
  identity: oneOf(isNull, fields({ abi: isPlain, problem: oneOf(isNull, isText) })),
  id: isText,
  version: isNamedVersion,
  role: word('pinned', 'override', 'previous', 'bundled'),
  tree: oneOf(isNull, isDigest),
  shell: isText,
  child: oneOf(isNull, fields({ pid: isWhole, token: oneOf(isNull, isText) })),
  openedAt: isText,
  state: word('open', 'ready', 'failed', 'inconclusive', 'died', 'stopped'),
  detail: oneOf(isNull, isText),
});
/** Relative, below the tree, with plain segments. */
const isInside: Shape = value =>
  typeof value === 'string' && path.posix.join('/tree', value) === `/tree/${value}` && !value.includes('\\');
const treeList = fields({
  schema: value => value === 1,
  name: isText,
  version: isNamedVersion,
  integrity: oneOf(isNull, isText),
  entry: isInside,
  natives: listOf(isText),
  files: listOf(
    fields({ path: isInside, size: isNumber, mode: isNumber, sha256: isDigest, mtimeMs: isNumber }),
  ),
});
const isWord: Shape = value => typeof value === 'string' && /^[!-~]{1,256}$/.test(value);
/** Printable, and one line. */
const isPrintable: Shape = value =>
  typeof value === 'string' && [...value].every(letter => letter >= ' ' && letter !== '\x7f');
const isNpmName: Shape = value =>
  typeof value === 'string' && /^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*$/.test(value) && value.length <= 214;
const pluginRecord = fields({
  schema: value => value === 1,
  stagedoor: isWord,
  wish: fields({ ecosystem: word('npm', 'python'), name: isNpmName, spec: oneOf(isNull, isPrintable) }),
  version: isWord,
  packages: listOf(fields({ name: isNpmName, version: isWord, integrity: isPrintable, place: isInside })),
  demands: listOf(
    fields({ as: isPrintable, name: isPrintable, range: isPrintable, chain: listOf(isPrintable) }),
  ),
  stripped: listOf(isPrintable),
  compiled: oneOf(isNull, fields({ abi: oneOf(isNull, isPrintable), unfit: listOf(isPrintable) })),
});

const mark = {
  version: '1.4.0',
  integrity: null,
  abi: '',
  shellVersion: '',
  cause: 'ROLLED_BACK',
  reason: 'x',
  weight: 'bad',
} as const;
const noEntry = { entry: undefined, shellVersion: undefined };

/** The entry may be refused, but only as the package's fault. */
const entryOrRefusal = (dir: string): string | null => {
  try {
    return packageEntry(fs, dir);
  } catch (error) {
    if (error instanceof StagedoorError && error.code === 'PACKAGE_INVALID') return null;
    throw error;
  }
};

const configOrMistake = (dir: string): object | null => {
  try {
    return readConfigFile(fs, dir);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
};

export const readerCases: Readonly<Record<string, ReaderCase>> = {
  'the pointer': {
    file: 'current.json',
    valid: { schema: 1, version: '1.2.0', seq: 7, tree },
    read: dir => {
      const state = readPointer(fs, storeLayout(dir));
      return held(pointerState, state, state.kind !== 'valid');
    },
    repair: dir => commitPointer(fs, storeLayout(dir), { version: '1.3.0', tree: null }),
  },
  'the pointer of the older shape': {
    file: 'current.json',
    valid: '{"version":"1.2.0","cliEntry":"/nowhere"}',
    read: dir => {
      held(pointerState, readPointer(fs, storeLayout(dir)), false);
      return 'something';
    },
    repair: dir => commitPointer(fs, storeLayout(dir), { version: '1.3.0', tree: null }),
  },
  'the list of bad versions': {
    file: 'bad-versions.json',
    valid: {
      schema: 1,
      versions: [{ ...mark, platform: 'linux-x64', strikes: 2, firstSeen: '', lastSeen: '' }, '1.3.0'],
    },
    read: dir => {
      const marks = readBadVersions(fs, storeLayout(dir));
      return held(listOf(badMark), marks, marks.length === 0);
    },
    repair: dir => markBad(fs, storeLayout(dir), mark, new Date(0)),
  },
  'the health of versions': {
    file: 'health.json',
    valid: {
      schema: 1,
      versions: { '1.2.0': { launches: 3, trusted: true, tree } },
      trusted: ['1.2.0'],
      highWater: '1.2.0',
    },
    read: dir => {
      const known = readHealth(fs, storeLayout(dir));
      return held(health, known, Object.keys(known.versions).length === 0);
    },
    repair: dir => recordReady(fs, storeLayout(dir), { version: '1.2.0', tree }),
  },
  'the pin': {
    file: 'pin.json',
    valid: { schema: 1, version: '1.2.0' },
    read: dir => {
      const version = readPin(fs, storeLayout(dir));
      return held(oneOf(isNull, isNamedVersion), version, version === null);
    },
    repair: dir => writePin(fs, storeLayout(dir), '1.2.0'),
  },
  'the record of an attempt': {
    file: `attempts/${id}.json`,
    valid: {
      schema: 1,
      id,
      version: '1.2.0',
      role: 'override',
      tree,
      shell: dead,
      child: { pid: 4_194_302, token: null },
      openedAt: new Date(0).toISOString(),
      state: 'open',
      detail: null,
      identity: { abi: ownAbi(), problem: null },
    },
    read: dir => {
      const records = readAttempts(fs, storeLayout(dir));
      return held(listOf(attempt), records, records.length === 0);
    },
  },
  'a lease': {
    file: 'leases/0123456789abcdef.json',
    valid: { schema: 1, version: '1.2.0', holder: ownToken() },
    read: dir => {
      const versions = [...liveLeases(fs, storeLayout(dir))];
      return held(listOf(isNamedVersion), versions, versions.length === 0);
    },
    repair: async dir => {
      for (const name of readdirSync(path.join(dir, 'leases')).slice(1))
        rmSync(path.join(dir, 'leases', name));
      await takeLease(fs, storeLayout(dir), '1.2.0');
    },
  },
  'the journal': {
    file: 'journal.jsonl',
    valid: '{"schema":1,"event":"a","version":"1.2.0"}\n{"schema":1,"event":"b"}\n',
    read: dir => {
      const entries = readJournal(fs, storeLayout(dir), 50);
      return held(listOf(isPlain), entries, entries.length === 0);
    },
    repair: async dir => openJournal(fs, storeLayout(dir)).append({ event: 'c' }),
  },
  'a tree list': {
    file: '.stagedoor-tree.json',
    valid: {
      schema: 1,
      name: 'app-runtime',
      version: '1.2.0',
      integrity: 'sha512-abc',
      entry: 'cli.js',
      natives: ['native'],
      files: [
        ['cli.js', 10, 0o644, tree, 1_700_000_000_000],
        ['lib/a.js', 10, 0o644, tree, 1_700_000_000_000],
      ],
    },
    read: dir => {
      const file = readTreeList(fs, dir);
      return held(oneOf(isNull, treeList), file?.list ?? null, file === null);
    },
  },
  'the record of a plugin': {
    file: pluginRecordName,
    valid: {
      schema: 1,
      stagedoor: '0.1.0',
      wish: { ecosystem: 'npm', name: '@some/chart', spec: '^1' },
      version: '1.2.0',
      packages: [
        { name: '@some/chart', version: '1.2.0', integrity: 'sha512-abc', place: 'node_modules/@some/chart' },
        { name: 'helper', version: '0.1.0', integrity: 'sha512-def', place: 'node_modules/helper' },
      ],
      demands: [{ as: 'react', name: 'react', range: '>=17', chain: ['@some/chart@1.2.0'] }],
      stripped: ['react'],
      compiled: { abi: 'node-127-linux-x64', unfit: ['helper'] },
    },
    read: dir => {
      const record = readPluginRecord(fs, dir);
      return held(oneOf(isNull, pluginRecord), record, record === null);
    },
  },
  'the manifest of the bundled runtime': {
    file: 'package.json',
    valid: { name: 'app-runtime', version: '1.0.0', bin: { 'app-runtime': 'cli.js' }, main: 'main.js' },
    read: dir => {
      const state = readBundled(fs, dir, noEntry);
      if (state.kind === 'valid') throw new Error('there is no entry here');
      const entry = entryOrRefusal(dir);
      return held(oneOf(isNull, isInside), entry, entry === null);
    },
  },
  'the file of settings': {
    file: 'stagedoor.config.json',
    valid: {
      package: 'app-runtime',
      channel: 'next',
      native: ['a', { name: 'b', dir: '/c' }],
      schedule: { jitter: 0.5 },
      args: ['x'],
    },
    read: dir => {
      const config = configOrMistake(dir);
      return held(oneOf(isNull, isPlain), config, config === null);
    },
  },
};
