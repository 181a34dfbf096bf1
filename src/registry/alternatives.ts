import SemVer from 'semver/classes/semver.js';
import { isVersion } from '../store/semantic-version.ts';
import type { DocumentMemory } from './document-memory.ts';
import { type Demands, demandsOf, type Manifest, readManifest } from './manifest.ts';

/** A version that may be offered in place of another one, with what it demands as far as the document says. */
export type Alternative = { readonly version: string; readonly demands: Demands };

export type AlternativesRequest = {
  readonly name: string;
  /** The version whose place is to be taken: only lower ones are given. */
  readonly below: string;
  /** Lower ones than this are left out; null: none are. */
  readonly floor: string | null;
};

/** Versions that are looked at: a range of 500 characters takes up to a millisecond, and a document may hold 10⁵ of them. */
const mostLookedAt = 1000;

const newestFirst = (a: SemVer, b: SemVer): number => b.compare(a) || (a.raw < b.raw ? 1 : -1);

/** The newest ones in canonical spelling. Parsed, they take ten times the memory of their text: never all at once. */
const versionsIn = (
  documents: DocumentMemory,
  { below, floor }: Omit<AlternativesRequest, 'name'>,
): readonly SemVer[] => {
  const ceiling = new SemVer(below);
  const lowest = floor === null ? null : new SemVer(floor);
  const isWanted = (version: SemVer): boolean =>
    version.compare(ceiling) < 0 &&
    (lowest === null || version.compare(lowest) >= 0) &&
    (version.prerelease.length === 0 || ceiling.prerelease.length > 0);
  let kept: SemVer[] = [];
  for (const text of documents.versions()) {
    const version = isVersion(text) ? new SemVer(text) : null;
    if (version === null || !isWanted(version)) continue;
    kept.push(version);
    if (kept.length >= 2 * mostLookedAt) kept = kept.sort(newestFirst).slice(0, mostLookedAt);
  }
  return kept.sort(newestFirst).slice(0, mostLookedAt);
};

/** npm takes a deprecation back by an empty text; anything else in its place means that there is one. */
const isDeprecated = ({ deprecated }: Manifest): boolean =>
  deprecated !== undefined && deprecated !== null && deprecated !== false && deprecated !== '';

/**
 * What a document that is in hand names below a version, the newest first: no prerelease unless that version is one itself,
 * nothing deprecated. An entry that is malformed, or of another version than it is listed as, is left out.
 */
export const alternatives = function* (
  documents: DocumentMemory,
  request: AlternativesRequest,
): Generator<Alternative, void> {
  for (const { raw: version } of versionsIn(documents, request)) {
    const manifest = readManifest(documents.entry(version), request.name);
    if (manifest?.version === version && !isDeprecated(manifest)) {
      yield { version, demands: demandsOf(manifest) };
    }
  }
};
