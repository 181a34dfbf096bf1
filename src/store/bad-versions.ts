import type { BadMark } from '../../machines/contract.ts';
import { blameByCode } from '../../machines/failure.ts';
import { type Revision, reviseDocument } from './document.ts';
import type { FileSystem } from './file-system.ts';
import { asArray, asCount, asRecord, asText, parseJson, readValue } from './json-shape.ts';
import type { Layout } from './layout.ts';
import { withoutPlaces } from './place.ts';
import { byVersion, isVersion } from './semantic-version.ts';

/** What a mark says; platform, strikes and dates are added here. */
export type NewMark = Pick<BadMark, 'version' | 'integrity' | 'abi' | 'shellVersion' | 'cause' | 'reason'> & {
  readonly weight: 'strike' | 'bad';
  /** The attempt that is the evidence, if it was one. */
  readonly attempt?: string | null;
};

/** The circumstances that a mark was given in; an unknown one differs from nothing. */
export type MarkKey = {
  readonly version: string;
  readonly integrity: string | null;
  readonly abi: string;
  readonly shellVersion: string;
};

const badAt = 2;
const longestReason = 2000;
const retryAfterMs = 14 * 24 * 60 * 60 * 1000;
const platform = `${process.platform}-${process.arch}`;

const isCause = (value: unknown): value is BadMark['cause'] =>
  value === 'ROLLED_BACK' ||
  value === 'SHELL_DIED' ||
  (typeof value === 'string' && Object.hasOwn(blameByCode, value));

/** One entry, a plain version of an older list included: that one is bad without a date, so it does not lapse. */
const parseMark = (value: unknown): BadMark | null => {
  const record = asRecord(value) ?? { version: value };
  const { version, cause } = record;
  if (!isVersion(version)) return null;
  return {
    version,
    integrity: asText(record.integrity),
    platform: asText(record.platform) ?? platform,
    abi: asText(record.abi) ?? '',
    shellVersion: asText(record.shellVersion) ?? '',
    cause: isCause(cause) ? cause : 'LAUNCH_EXITED_EARLY',
    reason: asText(record.reason)?.slice(0, longestReason) ?? 'it was listed as bad by an earlier release',
    strikes: asCount(record.strikes) ?? badAt,
    attempt: asText(record.attempt),
    firstSeen: asText(record.firstSeen) ?? '',
    lastSeen: asText(record.lastSeen) ?? '',
  };
};

/** Sorted by semver, one mark a version; what can't be understood is left out (S-06). */
const marksIn = (value: unknown): BadMark[] => {
  const entries = asArray(Array.isArray(value) ? value : asRecord(value)?.versions);
  const byName = new Map<string, BadMark>();
  for (const entry of entries) {
    const mark = parseMark(entry);
    if (mark !== null) byName.set(mark.version, mark);
  }
  return [...byName.values()].sort((a, b) => byVersion(a.version, b.version));
};

/** The list as it is on disk; a missing or corrupt file reads as empty. */
export const readBadVersions = (fs: FileSystem, layout: Layout): BadMark[] =>
  marksIn(readValue(fs, layout.badVersions));

/** What an executable that could not be asked, or a shell without a version, leaves in a key. */
const unknowns: readonly (string | null)[] = [null, '', 'unknown', '0.0.0'];

const differs = (a: string | null, b: string | null): boolean =>
  !unknowns.includes(a) && !unknowns.includes(b) && a !== b;

const sameCircumstances = (mark: BadMark, key: MarkKey): boolean =>
  !differs(mark.integrity, key.integrity) &&
  !differs(mark.abi, key.abi) &&
  !differs(mark.shellVersion, key.shellVersion);

/**
 * Strikes count on in the same circumstances and start anew in others; a mark by hand stays one. An attempt that has given
 * its strike gives no other: whoever wrote it may have died before the attempt was closed (P-04).
 */
const nextMark = (
  earlier: BadMark | undefined,
  { weight, attempt = null, ...mark }: NewMark,
  now: Date,
): BadMark => {
  const known = earlier !== undefined && sameCircumstances(earlier, mark) ? earlier : undefined;
  if (known !== undefined && attempt !== null && known.attempt === attempt && weight === 'strike')
    return known;
  const strikes = known?.strikes ?? 0;
  const byHand = known?.cause === 'ROLLED_BACK' && mark.cause !== 'ROLLED_BACK';
  return {
    ...mark,
    cause: byHand ? known.cause : mark.cause,
    reason: byHand ? known.reason : mark.reason,
    platform,
    attempt,
    strikes: weight === 'bad' ? Math.max(strikes, badAt) : strikes + 1,
    firstSeen: known?.firstSeen || now.toISOString(),
    lastSeen: now.toISOString(),
  };
};

const serialize = (marks: readonly BadMark[]): string =>
  `${JSON.stringify({ schema: 1, versions: marks }, null, 2)}\n`;

const revise = <T>(
  fs: FileSystem,
  layout: Layout,
  change: (marks: readonly BadMark[]) => Revision<T>,
): Promise<T> =>
  reviseDocument(fs, layout, layout.badVersions, text =>
    change(marksIn(text === null ? undefined : parseJson(text))),
  );

/** Adds a strike or a full mark; marking what is bad already changes its last date only. */
export const markBad = (fs: FileSystem, layout: Layout, mark: NewMark, now: Date): Promise<BadMark> => {
  layout.version(mark.version);
  return revise(fs, layout, marks => {
    const result = nextMark(
      marks.find(({ version }) => version === mark.version),
      { ...mark, reason: withoutPlaces(mark.reason, layout.root) },
      now,
    );
    const others = marks.filter(({ version }) => version !== mark.version);
    const sorted = [...others, result].sort((a, b) => byVersion(a.version, b.version));
    return { text: serialize(sorted), result };
  });
};

/** Takes the mark off a version; false if it had none. */
export const forgive = (fs: FileSystem, layout: Layout, version: string): Promise<boolean> =>
  revise(fs, layout, marks => {
    const others = marks.filter(mark => mark.version !== version);
    const found = others.length < marks.length;
    return { text: found ? serialize(others) : null, result: found };
  });

/** The versions that have a verdict against them, in whichever circumstances: one strike is none. */
export const condemnedVersions = (fs: FileSystem, layout: Layout): Set<string> =>
  new Set(readBadVersions(fs, layout).flatMap(({ version, strikes }) => (strikes < badAt ? [] : [version])));

/** Old enough for one retry: another failure then renews its date. */
const hasLapsed = (mark: BadMark, now: Date): boolean =>
  now.getTime() - Date.parse(mark.lastSeen) > retryAfterMs;

/**
 * The mark that stands against launching or staging a version now, or null: one strike is no verdict, and a verdict is
 * forgiven in other circumstances and retried after 14 days. A rollback by hand stands until it is forgiven by hand.
 */
export const standingMark = (
  marks: readonly BadMark[],
  { now, ...key }: MarkKey & { readonly now: Date },
): BadMark | null => {
  const mark = marks.find(({ version }) => version === key.version);
  if (mark === undefined || mark.strikes < badAt) return null;
  if (mark.cause === 'ROLLED_BACK') return mark;
  return sameCircumstances(mark, key) && !hasLapsed(mark, now) ? mark : null;
};
