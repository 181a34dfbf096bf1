import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Role } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { isAlive, ownToken, processToken } from '../process/identity.ts';
import { type Identity, parseIdentity, takeIdentity } from './attempt-identity.ts';
import { removeDurably, writeDurably } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import { namesIn, ownNamesIn } from './folder.ts';
import { asCount, asRecord, asText, isOneOf, isSha256, readValue } from './json-shape.ts';
import { identitySuffix, isId, type Layout } from './layout.ts';
import { withoutPlaces } from './place.ts';
import { isVersion } from './semantic-version.ts';
import { sizeLimits } from './small-file.ts';

const states = ['open', 'ready', 'failed', 'inconclusive', 'died', 'stopped'] as const;
export type AttemptState = (typeof states)[number];
const roles = ['pinned', 'override', 'previous', 'bundled'] as const satisfies readonly Role[];

/** The write-ahead record of one spawn: written before it, resolved after the verdict. One file each, one writer. */
export type AttemptRecord = {
  readonly id: string;
  readonly version: string;
  readonly role: Role;
  readonly tree: string | null;
  /** Token of the shell that spawns. */
  readonly shell: string;
  /** Null until the child is spawned; its token is null if it was dead at once. */
  readonly child: { readonly pid: number; readonly token: string | null } | null;
  readonly openedAt: string;
  readonly state: AttemptState;
  readonly detail: string | null;
  /** Null until the attempt is resolved, and where the child has not said who it is (N-10). */
  readonly identity: Identity | null;
};

const kept = 50;

/** Sorts by the time of opening, so that file names alone give the order. */
const newId = (now: Date): string =>
  `${now.getTime().toString(36).padStart(9, '0')}-${randomBytes(5).toString('hex')}`;

const parseChild = (value: unknown): AttemptRecord['child'] => {
  const child = asRecord(value);
  const pid = asCount(child?.pid);
  return child === null || pid === null ? null : { pid, token: asText(child.token) };
};

const parseAttempt = (id: string, value: unknown): AttemptRecord | null => {
  const record = asRecord(value);
  if (record === null) return null;
  const { version, role, tree, state } = record;
  const [shell, openedAt] = [asText(record.shell), asText(record.openedAt)];
  if (!isVersion(version) || !isOneOf(role, roles) || !isOneOf(state, states)) return null;
  if (shell === null || openedAt === null || record.id !== id) return null;
  const child = parseChild(record.child);
  return {
    id,
    version,
    role,
    tree: isSha256(tree) ? tree : null,
    shell,
    child,
    openedAt,
    state,
    detail: asText(record.detail),
    identity: parseIdentity(record.identity),
  };
};

const write = async (fs: FileSystem, layout: Layout, record: AttemptRecord): Promise<AttemptRecord> => {
  // The last words of a runtime may name its place.
  const detail = record.detail === null ? null : withoutPlaces(record.detail, layout.root);
  const text = `${JSON.stringify({ schema: 1, ...record, detail })}\n`;
  await writeDurably(fs, layout.attempt(record.id), text);
  return record;
};

/** Writes the record down before the spawn, so that a crash of the whole shell leaves evidence. */
export const openAttempt = (
  fs: FileSystem,
  layout: Layout,
  subject: Pick<AttemptRecord, 'version' | 'role' | 'tree'>,
  now: Date = new Date(),
): Promise<AttemptRecord> => {
  const { version, role, tree } = subject;
  const facts = { shell: ownToken(), child: null, openedAt: now.toISOString(), detail: null, identity: null };
  return write(fs, layout, { id: newId(now), version, role, tree, state: 'open', ...facts });
};

export const readAttempt = (fs: FileSystem, layout: Layout, id: string): AttemptRecord | null =>
  parseAttempt(id, readValue(fs, layout.attempt(id), sizeLimits.record));

const update = (
  fs: FileSystem,
  layout: Layout,
  id: string,
  change: Partial<AttemptRecord>,
): Promise<AttemptRecord> => {
  const record = readAttempt(fs, layout, id);
  if (record === null) throw new StagedoorError('STORE_UNREADABLE', `the record of attempt ${id} is gone`);
  const identity = change.state === undefined ? null : takeIdentity(fs, layout, id);
  return write(fs, layout, { ...record, ...change, identity: record.identity ?? identity });
};

/** Notes the child of an attempt, so that a later start can sweep it if it outlives its shell (P-30). */
export const noteChild = async (
  fs: FileSystem,
  layout: Layout,
  id: string,
  pid: number,
): Promise<AttemptRecord> => update(fs, layout, id, { child: { pid, token: processToken(pid) } });

/** Closes an attempt with what came of it, and with what its child has written of itself. */
export const resolveAttempt = async (
  fs: FileSystem,
  layout: Layout,
  id: string,
  state: Exclude<AttemptState, 'open'>,
  detail: string | null = null,
): Promise<AttemptRecord> => update(fs, layout, id, { state, detail });

/** All records, oldest first; files that can't be understood are left out. */
export const readAttempts = (fs: FileSystem, layout: Layout): AttemptRecord[] =>
  namesIn(fs, layout.attempts)
    .filter(name => name.endsWith('.json') && isId(path.basename(name, '.json')))
    .map(name => readAttempt(fs, layout, path.basename(name, '.json')))
    .filter(record => record !== null);

/** Does its child run, or is its shell about to spawn it? */
const isRunning = ({ child, state, shell }: AttemptRecord): boolean =>
  child === null ? state === 'open' && isAlive(shell) : child.token !== null && isAlive(child.token);

/** The versions that a child runs or is about to run, as it was written down before the spawn; `over` is an attempt that has ended. */
export const runningVersions = (fs: FileSystem, layout: Layout, over: string | null): string[] =>
  readAttempts(fs, layout)
    .filter(record => record.id !== over && isRunning(record))
    .map(({ version }) => version);

/**
 * Keeps the last 50 records; an open one stays until it is resolved, and that of a running child until it has ended.
 * Unreadable files go, and what children wrote of themselves for a shell that died. Gives back how many went.
 */
export const pruneAttempts = async (fs: FileSystem, layout: Layout): Promise<number> => {
  const all = ownNamesIn(fs, layout.attempts);
  for (const name of all.filter(name => name.endsWith(identitySuffix))) {
    const id = path.basename(name, identitySuffix);
    const record = isId(id) ? readAttempt(fs, layout, id) : null;
    if (record === null || !isRunning(record)) await removeDurably(fs, path.join(layout.attempts, name));
  }
  const names = all.filter(name => name.endsWith('.json'));
  if (names.length <= kept) return 0;
  const needed = new Set(
    readAttempts(fs, layout)
      .filter(record => record.state === 'open' || isRunning(record))
      .map(({ id }) => `${id}.json`),
  );
  const surplus = names.slice(0, -kept).filter(name => !needed.has(name));
  for (const name of surplus) await removeDurably(fs, path.join(layout.attempts, name));
  return surplus.length;
};
