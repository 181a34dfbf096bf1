import path from 'node:path';
import gt from 'semver/functions/gt.js';
import type { CheckResult, Refusal, Release } from '../../machines/contract.ts';
import { diskFailure, StagedoorError } from '../failure.ts';
import { ownToken } from '../process/identity.ts';
import { type Offered, readRelease } from '../registry/releases.ts';
import { ensureFolder } from '../store/durable-file.ts';
import { isFolder, nearest } from '../store/folder.ts';
import { newScratch } from '../store/layout.ts';
import { readPin } from '../store/pin.ts';
import type { Pointer } from '../store/pointer.ts';
import { isVersion } from '../store/semantic-version.ts';
import { checkTree } from '../store/tree-check.ts';
import { readTreeList } from '../store/tree-list.ts';
import { markAgainst, refusedDemand } from './admission.ts';
import { forgetDocuments } from './forgetting.ts';
import { livePointer } from './live-pointer.ts';
import { olderOffer } from './older-offer.ts';
import type { StagingSession } from './session.ts';
import { asIncompatibility, shellDemand, type UnmetDemand } from './shell-demand.ts';

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

/** What is here when a check begins. */
type Here = { readonly pointer: Pointer | null; readonly current: string | null };

/** The current version, if it is the pointer that names it and not the bundle. */
const isNamed = ({ options }: StagingSession, { pointer, current }: Here, version: string): boolean =>
  pointer?.version === version && current === version && version !== options.bundledVersion;

const isStaged = async (session: StagingSession, here: Here, version: string): Promise<boolean> =>
  here.pointer !== null && isNamed(session, here, version) && (await isIntact(session, here.pointer));

/** Above what is here, or what is here and is damaged (U-04). */
const isWorthStaging = async (session: StagingSession, here: Here, version: string): Promise<boolean> => {
  if (here.current === null || gt(version, here.current)) return true;
  return isNamed(session, here, version) && !(await isStaged(session, here, version));
};

const offer = (session: StagingSession, offered: Offered, here: Here): CheckResult => {
  const { release } = offered;
  const { version } = release;
  offered.keepOnlyThis();
  session.offered = offered;
  const kind = !isNamed(session, here, version) && isAdoptable(session, release) ? 'adoptable' : 'available';
  const scratch = newScratch(version, ownToken());
  return { kind, release, current: here.current, scratch, refusal: pinRefusal(session, version) };
};

/** The channel's version wants another shell: the newest one that fits this shell is offered, unless it is here. */
const offerForThisShell = async (
  session: StagingSession,
  offered: Offered,
  here: Here,
  unmet: UnmetDemand,
  signal: AbortSignal,
): Promise<CheckResult> => {
  const { exactVersion, shellName } = session.options;
  // Who names a version wants that one or none.
  const older = exactVersion === undefined ? await olderOffer(session, offered, here.current, signal) : null;
  if (older !== null && (await isWorthStaging(session, here, older.release.version)))
    return offer(session, older, here);
  const { version } = offered.release;
  const { needs, shell, tooNew } = unmet;
  return tooNew
    ? { kind: 'incompatible', version, reason: asIncompatibility(unmet, shellName) }
    : { kind: 'outgrown', version, needs, shell };
};

/** What an offer of the channel means here. */
const answerTo = async (
  session: StagingSession,
  offered: Offered,
  here: Here,
  signal: AbortSignal,
): Promise<CheckResult> => {
  const { version } = offered.release;
  const { current } = here;
  if (current !== null && !gt(version, current) && !isNamed(session, here, version))
    return { kind: 'upToDate', version, current };
  const staged = await isStaged(session, here, version);
  const { shellName: name, shellVersion } = session.options;
  const unmet = staged ? null : shellDemand(offered.demands, { name, version: shellVersion });
  // Before the marks: a document that once left the demand out must not hide for good what fits this shell.
  if (unmet !== null) return offerForThisShell(session, offered, here, unmet, signal);
  const mark = markAgainst(session, offered.release);
  if (mark !== null) return { kind: 'badVersion', version, mark };
  if (staged) return { kind: 'alreadyStaged', version };
  const reason = await refusedDemand(session, offered, signal);
  return reason === null ? offer(session, offered, here) : { kind: 'incompatible', version, reason };
};

/** Asks the registry and compares with what is here. Changes nothing but the document cache. */
export const checkChannel = async (session: StagingSession, signal: AbortSignal): Promise<CheckResult> => {
  const { layout, options } = session;
  await assertWritable(session);
  const offered = await readRelease(
    { ...options, proxyFor: session.proxyFor, cache: layout.cache, forget: () => forgetDocuments(session) },
    signal,
  );
  const pointer = livePointer(session);
  const here = { pointer, current: currentVersion(pointer, options.bundledVersion) };
  return answerTo(session, offered, here, signal);
};
