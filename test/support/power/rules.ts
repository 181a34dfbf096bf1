import type { Facts } from './facts.ts';
import type { Place } from './operation.ts';
import type { Rule } from './scenario.ts';

/** What a damaged file holds. */
export const damagedText = 'damaged';

const strikes = ({ marks }: Facts, version: string): number => marks.get(version) ?? 0;

/** U-06: the folder is renamed into its place when it is whole, so it is whole wherever it is seen there. */
export const wholeOrAbsent =
  (...versions: readonly string[]): Rule =>
  ({ folders }) => {
    const damaged = versions.find(version => folders.get(version) === 'damaged');
    return damaged === undefined ? null : `U-06: the folder of ${damaged} is in its place and not whole`;
  };

/** U-06: the pointer comes last, and a folder goes only after it: what it names is there, as it was recorded. */
export const pointedIsThere: Rule = ({ pointer, folders, listOf }) => {
  if (pointer === null) return null;
  const { version, tree } = pointer;
  if (folders.get(version) !== 'whole')
    return `U-06: the pointer names ${version}, which is ${folders.get(version) ?? 'absent'}`;
  return listOf(version) === tree ? null : `U-06: the pointer names another tree of ${version}`;
};

/** The same for a folder whose damaged predecessor, known by one file and its list, may still be there in part. */
export const wholeOrDamagedBefore =
  (version: string, file: Place, oldTree: () => string): Rule =>
  facts => {
    if (facts.folders.get(version) !== 'damaged') return null;
    const [text, list] = [facts.textOf(version, file), facts.listOf(version)];
    const old = (text === null || text === damagedText) && (list === null || list === oldTree());
    return old ? null : `U-06: the new folder of ${version} is in its place and not whole`;
  };

/** The same only for a pointer that is new: the old one names what was damaged before. */
export const newPointerIsThere =
  (oldTree: () => string): Rule =>
  (facts, launched) =>
    facts.pointer?.tree === oldTree() ? null : pointedIsThere(facts, launched);

/** L-06: the mark first; only once it lasts, the pointer and the folder may go, and the attempt may be closed. */
export const markedFirst =
  (version: string): Rule =>
  facts => {
    if (strikes(facts, version) >= 2) return null;
    if (facts.pointer?.version !== version) return `L-06: the pointer has left ${version} without a mark`;
    if (!facts.folders.has(version)) return `L-06: the folder of ${version} is gone without a mark`;
    return null;
  };

/** L-06: an attempt is closed only when its verdict lasts; else no later start could judge it. */
export const closedAfterVerdict =
  (version: string, least: number): Rule =>
  facts => {
    const closed = facts.attempts.some(attempt => attempt.version === version && attempt.state === 'failed');
    return closed && strikes(facts, version) < least
      ? `L-06: the attempt of ${version} is closed without its verdict`
      : null;
  };

/** P-26: a launch counts as healthy only when its attempt is closed: else a start after the cut would strike it. */
export const closedBeforeCounted =
  (version: string, before: number): Rule =>
  ({ launches, attempts }) => {
    const open = attempts.some(attempt => attempt.version === version && attempt.state === 'open');
    return open && (launches.get(version) ?? 0) > before
      ? `P-26: ${version} was counted as healthy while its attempt is open`
      : null;
  };

/** L-06 by hand: where anything has changed, the version that is left is marked. */
export const unchangedUnlessMarked =
  (version: string, pin: string): Rule =>
  facts => {
    if (strikes(facts, version) >= 2) return null;
    const same = facts.pin === pin && facts.pointer?.version === version;
    return same ? null : `L-06: ${version} was left without a mark`;
  };

/** The user wants the bundled one: no trusted version may take its place when the pointer has gone. */
export const distrustedBeforeCleared: Rule = facts => {
  const good = facts.trusted.filter(version => strikes(facts, version) < 2);
  return facts.pointer === null && good.length > 0
    ? `the pointer has gone while ${good.join()} is trusted`
    : null;
};

/** A folder that the pointer still names must not go first, or a start would see a pointer to nothing. */
export const clearedBeforeRemoved =
  (version: string): Rule =>
  ({ pointer, folders }) =>
    pointer?.version === version && !folders.has(version)
      ? `L-06: the folder of ${version} has gone before its pointer`
      : null;
