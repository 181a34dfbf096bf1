import type { Candidate, Role } from '#machines/contract.js';
import {
  folderOf,
  garbled,
  nameOf,
  noVersion,
  type Scope,
  strikesOf,
  type Version,
  type World,
} from './world.ts';

type Look = {
  readonly candidate: { readonly role: Role; readonly version: Version } | null;
  readonly refused: { readonly version: Version; readonly why: string } | null;
};
type View = {
  readonly world: World;
  readonly scope: Scope;
  readonly exclude: readonly Version[];
  readonly marks: boolean;
};

export type Decision = {
  readonly candidates: readonly Candidate[];
  /** The pointer to clear; null: it stays. */
  readonly clear: Version | null;
  readonly ignoring: boolean;
};

const refuse = (version: Version, why: string): Look => ({ candidate: null, refused: { version, why } });
const nothing: Look = { candidate: null, refused: null };

const staged = ({ world, exclude, marks }: View, role: Role, version: Version): Look => {
  if (exclude.includes(version)) return refuse(version, 'failed');
  if (folderOf(world, version) === 'absent') return refuse(version, 'gone');
  if (marks && strikesOf(world, version) >= 2) return refuse(version, 'bad');
  return { candidate: { role, version }, refused: null };
};

const bundled = ({ scope, exclude }: View, role: Role): Look => {
  if (scope.bundled === 'none') return refuse(noVersion, 'none');
  return exclude.includes(0) ? refuse(0, 'failed') : { candidate: { role, version: 0 }, refused: null };
};

const pinned = (view: View): Look => {
  const { pin } = view.world;
  if (pin === noVersion) return nothing;
  if (pin === 0 && view.scope.bundled !== 'none') return bundled(view, 'pinned');
  const look = staged(view, 'pinned', pin);
  return look.candidate !== null || look.refused?.why === 'bad' ? look : refuse(pin, 'unavailable');
};

const override = (view: View, pin: Look): Look => {
  const { pointer } = view.world;
  if (pointer === noVersion) return nothing;
  if (pointer === garbled) return refuse(garbled, 'garbled');
  const look = staged(view, 'override', pointer);
  const failed = view.exclude.find(version => version === pin.refused?.version);
  const holder = pin.candidate?.version ?? failed;
  const named = look.candidate?.version;
  return holder === undefined || named === undefined || named === holder ? look : refuse(named, 'pinned');
};

const previous = (view: View, taken: readonly Version[]): Look => {
  const looks = view.world.trusted
    .toReversed()
    .filter(version => !taken.includes(version))
    .map(version => staged(view, 'previous', version));
  return looks.find(({ candidate }) => candidate !== null) ?? looks[0] ?? nothing;
};

const look = (view: View): readonly Look[] => {
  const pin = pinned(view);
  const first = [pin, override(view, pin)];
  const taken = first.flatMap(({ candidate }) => (candidate === null ? [] : [candidate.version]));
  return [...first, previous(view, taken), bundled(view, 'bundled')];
};

const candidatesOf = (looks: readonly Look[]): readonly Candidate[] => {
  const found = new Map<Version, Candidate>();
  for (const { candidate } of looks) {
    if (candidate === null || found.has(candidate.version)) continue;
    const { role, version } = candidate;
    found.set(version, { role, version: nameOf(version), tree: null, firstStart: false });
  }
  return [...found.values()];
};

const stale = ['garbled', 'gone', 'bad'];

/** What `decide` of `src/launching/candidates.ts` does, on a store of numbers. */
export const decide = (world: World, scope: Scope, exclude: readonly Version[]): Decision => {
  const view: View = { world, scope, exclude, marks: true };
  const looks = look(view);
  const candidates = candidatesOf(looks);
  const { pointer } = world;
  const refused = looks.some(({ refused: no }) => no?.version === pointer && stale.includes(no.why));
  const condemned = looks.some(({ refused: no }) => no?.why === 'bad');
  if (candidates.length > 0 || !condemned || exclude.length > 0) {
    return { candidates, clear: refused ? pointer : null, ignoring: false };
  }
  return { candidates: candidatesOf(look({ ...view, marks: false })), clear: null, ignoring: true };
};
