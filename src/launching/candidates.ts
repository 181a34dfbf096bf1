import gt from 'semver/functions/gt.js';
import type { BadMark, Candidate, Refusal, RefusalCode, Resolution, Role } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { standingMark } from '../store/bad-versions.ts';
import { entryFile } from '../store/entry.ts';
import { type Health, isFirstStart, readHealth } from '../store/health.ts';
import { readPin } from '../store/pin.ts';
import { type PointerState, readPointer } from '../store/pointer.ts';
import { strictly } from '../store/strict-reading.ts';
import { readTreeList } from '../store/tree-list.ts';
import { type Bundled, type BundledState, readBundled } from './bundled.ts';
import type { LaunchSetup } from './setup.ts';

/** What one resolve saw and decided. */
export type Decision = Resolution & {
  /** The pointer is invalid or stale and must not linger (S-05); the version it names, null if it names none. */
  readonly clear: { readonly version: string | null } | null;
  readonly pointer: PointerState;
  readonly bundled: BundledState;
};

export type VerdictKey = { readonly abi: string; readonly shellVersion: string; readonly now: Date };

type View = {
  readonly setup: LaunchSetup;
  readonly exclude: readonly string[];
  readonly marks: readonly BadMark[];
  readonly key: VerdictKey;
  readonly health: Health;
  readonly bundled: Bundled | null;
  /** Why there is no bundled runtime, if one was named. */
  readonly unbundled: string | null;
};

type Look = { readonly candidate: Candidate | null; readonly refusal: Refusal | null };

const refuse = (code: RefusalCode, version: string | null, message: string): Look => ({
  candidate: null,
  refusal: { code, version, message },
});

/** The integrity that a staged version was published with: part of the key of its verdict. */
export const stagedIntegrity = ({ fs, layout }: LaunchSetup, version: string): string | null =>
  readTreeList(fs, layout.version(version))?.list.integrity ?? null;

const isBad = (view: View, version: string): BadMark | null => {
  const own = view.marks.filter(mark => mark.version === version);
  if (own.length === 0) return null;
  const integrity = stagedIntegrity(view.setup, version);
  const mark = standingMark(own, { version, integrity, ...view.key });
  return mark !== null && mark.strikes >= 2 ? mark : null;
};

/** A version of the store as a candidate, or the reason why not. */
const staged = (view: View, role: Role, version: string, tree: string | null): Look => {
  const { fs, layout, entry } = view.setup;
  if (view.exclude.includes(version)) {
    return refuse('failed-in-this-launch', version, `${version} has already failed in this launch`);
  }
  if (entryFile(fs, layout.version(version), entry) === null) {
    return refuse('entry-missing', version, `the entry of ${version} is not on disk`);
  }
  const mark = isBad(view, version);
  if (mark !== null) return refuse('bad-version', version, `${version} is marked bad: ${mark.reason}`);
  const firstStart = isFirstStart(view.health, { version, tree });
  return { candidate: { role, version, tree, firstStart }, refusal: null };
};

const aboveBundled = (view: View, version: string): boolean =>
  view.bundled === null || gt(version, view.bundled.version);

/** As the pointer recorded it, else as its own list says: a health proof names the tree, too. */
const pinnedTree = ({ setup }: View, state: PointerState, version: string): string | null =>
  state.kind === 'valid' && state.pointer.version === version
    ? state.pointer.tree
    : (readTreeList(setup.fs, setup.layout.version(version))?.digest ?? null);

const pinned = (view: View, state: PointerState): Look => {
  const version = readPin(view.setup.fs, view.setup.layout);
  if (version === null) return { candidate: null, refusal: null };
  if (version === view.bundled?.version) return bundledLook(view, 'pinned');
  const look = staged(view, 'pinned', version, pinnedTree(view, state, version));
  if (look.candidate !== null || look.refusal?.code === 'bad-version') return look;
  return refuse(
    'pin-unavailable',
    version,
    `${version} is pinned but can't be launched: ${look.refusal?.message}`,
  );
};

const override = (view: View, state: PointerState): Look => {
  if (state.kind === 'none') return refuse('no-pointer', null, 'nothing is staged');
  if (state.kind === 'invalid')
    return refuse('invalid-pointer', null, `the pointer is invalid: ${state.reason}`);
  const { version, tree } = state.pointer;
  if (!aboveBundled(view, version)) {
    return refuse(
      'not-above-bundled',
      version,
      `${version} is not above the bundled ${view.bundled?.version}`,
    );
  }
  return staged(view, 'override', version, tree);
};

/** The version that was trusted last and can be launched; one that can't is passed over for the one before it. */
const previous = (view: View, taken: readonly Candidate[]): Look => {
  const looks = view.health.trusted
    .toReversed()
    .filter(known => !taken.some(candidate => candidate.version === known) && aboveBundled(view, known))
    .map(known => staged(view, 'previous', known, view.health.versions[known]?.tree ?? null));
  const none = refuse('no-previous', null, 'there is no previous known-good version');
  return looks.find(({ candidate }) => candidate !== null) ?? looks[0] ?? none;
};

const bundledLook = (view: View, role: Role): Look => {
  const { bundled } = view;
  if (bundled === null) return refuse('no-bundled', null, view.unbundled ?? 'there is no bundled runtime');
  if (view.exclude.includes(bundled.version)) {
    return refuse(
      'failed-in-this-launch',
      bundled.version,
      `the bundled ${bundled.version} has already failed`,
    );
  }
  const firstStart = isFirstStart(view.health, { version: bundled.version, tree: null });
  return { candidate: { role, version: bundled.version, tree: null, firstStart }, refusal: null };
};

/** A pin takes the place of the pointer: the user does not want the other one, and a launch has three candidates. */
const besidePin = ({ exclude }: View, look: Look, pin: Look): Look => {
  const version = look.candidate?.version;
  const pinned = pin.candidate?.version ?? exclude.find(failed => failed === pin.refusal?.version);
  if (pinned === undefined || version === undefined || version === pinned) return look;
  return refuse('pinned', version, `${pinned} is pinned`);
};

const decideWith = (view: View, state: PointerState): { candidates: Candidate[]; looks: Look[] } => {
  const candidates: Candidate[] = [];
  const looks: Look[] = [];
  const add = (look: Look): void => {
    looks.push(look);
    const { candidate } = look;
    if (candidate !== null && !candidates.some(known => known.version === candidate.version)) {
      candidates.push(candidate);
    }
  };
  const pin = pinned(view, state);
  add(pin);
  add(besidePin(view, override(view, state), pin));
  add(previous(view, candidates));
  add(bundledLook(view, 'bundled'));
  return { candidates, looks };
};

const staleCodes: readonly RefusalCode[] = [
  'invalid-pointer',
  'not-above-bundled',
  'entry-missing',
  'bad-version',
];

/** An entry that can't be read now is not launched, and no reason to forget the version. */
const isUnreadable = ({ fs, layout, entry }: LaunchSetup, version: string): boolean => {
  try {
    return entryFile(strictly(fs), layout.version(version), entry) !== null;
  } catch (error) {
    if (error instanceof StagedoorError) return true;
    throw error;
  }
};

const pointerToClear = (
  setup: LaunchSetup,
  state: PointerState,
  looks: readonly Look[],
): Decision['clear'] => {
  if (state.kind === 'none') return null;
  if (state.kind === 'invalid') return { version: null };
  const { version } = state.pointer;
  const refusals = looks.flatMap(({ refusal }) => (refusal?.version === version ? [refusal.code] : []));
  const stale = refusals.filter(code => staleCodes.includes(code));
  const onlyMissing = stale.every(code => code === 'entry-missing');
  return stale.length === 0 || (onlyMissing && isUnreadable(setup, version)) ? null : { version };
};

/**
 * What to launch, in order, and why not the rest (L-02, L-03, S-04, S-05). Reads small files only, synchronously: it is
 * on the path of every start.
 */
export const decide = (
  setup: LaunchSetup,
  marks: readonly BadMark[],
  key: VerdictKey,
  exclude: readonly string[] = [],
): Decision => {
  const { fs, layout } = setup;
  const bundled = readBundled(fs, setup.bundledDir, setup);
  const pointer = readPointer(fs, layout, setup.entry);
  const view: View = {
    setup,
    exclude,
    marks,
    key,
    health: readHealth(fs, layout),
    bundled: bundled.kind === 'valid' ? bundled.bundled : null,
    unbundled: bundled.kind === 'invalid' ? `the bundled runtime can't be launched: ${bundled.reason}` : null,
  };
  const { candidates, looks } = decideWith(view, pointer);
  const refusals = looks.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]));
  const clear = pointerToClear(setup, pointer, looks);
  const condemned = refusals.some(refusal => refusal.code === 'bad-version');
  if (candidates.length > 0 || !condemned || exclude.length > 0) {
    return { candidates, refusals, clear, pointer, bundled };
  }
  const ignored: Refusal = {
    code: 'marks-ignored',
    version: null,
    message: 'every candidate is marked bad: the marks are ignored once',
  };
  const again = decideWith({ ...view, marks: [] }, pointer);
  return { candidates: again.candidates, refusals: [...refusals, ignored], clear: null, pointer, bundled };
};
