import path from 'node:path';
import gt from 'semver/functions/gt.js';
import type { CheckResult, Incompatibility, Refusal, Release } from '../../machines/contract.ts';
import { diskFailure, StagedoorError } from '../failure.ts';
import { ownToken } from '../process/identity.ts';
import { type Offered, readRelease } from '../registry/releases.ts';
import { readBadVersions, standingMark } from '../store/bad-versions.ts';
import { ensureFolder } from '../store/durable-file.ts';
import { isFolder, nearest } from '../store/folder.ts';
import { newScratch } from '../store/layout.ts';
import { readPin } from '../store/pin.ts';
import type { Pointer } from '../store/pointer.ts';
import { isVersion } from '../store/semantic-version.ts';
import { checkTree } from '../store/tree-check.ts';
import { readTreeList } from '../store/tree-list.ts';
import { incompatibility } from './compatibility.ts';
import { forgetDocuments } from './forgetting.ts';
import { livePointer } from './live-pointer.ts';
import type { StagingSession } from './session.ts';

/** `max(pointer, bundled)`; what is not semver counts as none (U-02). */
const currentVersion = (pointer: Pointer | null, bundled: string | null): string | null => {
  const known = isVersion(bundled) ? bundled : null;
  if (pointer === null) return known;
  return known !== null && gt(known, pointer.version) ? known : pointer.version;
};

const hasNatives = ({ fs, layout, options }: StagingSession, version: string): boolean =>
  options.natives.every(({ name }) => {
    const manifest = path.join(layout.version(version), 'node_modules', name, 'package.json');
    return fs.lstatSync(manifest, { throwIfNoEntry: false })?.isFile() === true;
  });

/** U-04: never claims what the launcher can't run. A pointer of the older shape came without a tree list. */
const isIntact = async (session: StagingSession, pointer: Pointer): Promise<boolean> => {
  const { fs, layout } = session;
  const dir = layout.version(pointer.version);
  if (!hasNatives(session, pointer.version)) return false;
  if (pointer.tree === null && readTreeList(fs, dir) === null) return true;
  return (await checkTree(fs, dir, { expectedTree: pointer.tree, depth: 'launch' })).ok;
};

/** U-10: a finished folder with the same bytes and natives, which only the pointer does not name. */
const isAdoptable = ({ fs, layout, options }: StagingSession, release: Release): boolean => {
  const list = readTreeList(fs, layout.version(release.version))?.list;
  return (
    list?.integrity === release.integrity &&
    list.version === release.version &&
    options.natives.every(({ name }) => list.natives.includes(name))
  );
};

const pinRefusal = ({ fs, layout }: StagingSession, offered: string): Refusal | null => {
  const pin = readPin(fs, layout);
  if (pin === null || pin === offered) return null;
  return { code: 'pinned', version: offered, message: `version ${pin} is pinned` };
};

/** U-05, with the one demand that has to be asked for apart. */
const refusedDemand = async (
  { options }: StagingSession,
  { demands, readLibc }: Offered,
  signal: AbortSignal,
): Promise<Incompatibility | null> => {
  const reason = incompatibility(demands, options.execFacts);
  if (reason !== null || options.execFacts?.platform !== 'linux') return reason;
  return incompatibility({ ...demands, libc: await readLibc(signal) }, options.execFacts);
};

/** What would be staged behind a link could neither be collected nor told from what is somebody else's. */
const assertOwnFolder = ({ fs, layout }: StagingSession): void => {
  if (isFolder(fs, layout.versions) || fs.lstatSync(layout.versions, { throwIfNoEntry: false }) === undefined)
    return;
  throw new StagedoorError('STORE_UNREADABLE', 'versions in the store is not a folder of its own', {
    hint: 'Remove it; to keep the store elsewhere, name another place with --store.',
  });
};

/** Asked for before the registry: where documents can't be stored, pacote blames the registry for it. */
const assertWritable = async (session: StagingSession): Promise<void> => {
  const { fs, layout } = session;
  assertOwnFolder(session);
  try {
    // Making a folder below a read-only mount answers ENOENT, so the place above is asked first.
    fs.accessSync(nearest(fs, layout.cache), fs.constants.W_OK);
    await ensureFolder(fs, layout.cache);
  } catch (error) {
    throw diskFailure(error, 'write to the store');
  }
};

/** Asks the registry and compares with what is here. Changes nothing but the document cache. */
export const checkChannel = async (session: StagingSession, signal: AbortSignal): Promise<CheckResult> => {
  const { fs, layout, options } = session;
  await assertWritable(session);
  const offered = await readRelease(
    { ...options, proxyFor: session.proxyFor, cache: layout.cache, forget: () => forgetDocuments(session) },
    signal,
  );
  const { release } = offered;
  const { version, integrity } = release;
  const pointer = livePointer(session);
  const current = currentVersion(pointer, options.bundledVersion);
  const named = pointer?.version === version && current === version && version !== options.bundledVersion;
  if (current !== null && !gt(version, current) && !named) return { kind: 'upToDate', version, current };
  const { abi, shellVersion } = options;
  const key = { version, integrity, abi, shellVersion, now: new Date() };
  const mark = standingMark(readBadVersions(fs, layout), key);
  if (mark !== null) return { kind: 'badVersion', version, mark };
  if (named && (await isIntact(session, pointer))) return { kind: 'alreadyStaged', version };
  const reason = await refusedDemand(session, offered, signal);
  if (reason !== null) return { kind: 'incompatible', version, reason };
  session.offered = offered;
  const kind = !named && isAdoptable(session, release) ? 'adoptable' : 'available';
  const scratch = newScratch(version, ownToken());
  return { kind, release, current, scratch, refusal: pinRefusal(session, version) };
};
