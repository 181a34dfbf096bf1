import { folderOf, isWithin, type Operation, type Place, spell } from './operation.ts';
import { storePlace } from './world.ts';

/** A recording with one flush or one order taken away. */
export type Mutant = {
  readonly kind: 'flush dropped' | 'flush moved' | 'acts swapped';
  /** Where, without what is random. */
  readonly place: string;
  readonly operations: readonly Operation[];
  /** The first operation that is another one: before it nothing differs. */
  readonly from: number;
};

/** The same text in each run: without ids and tokens. */
const plainly = (text: string): string =>
  text
    .replaceAll(`${storePlace}/`, '')
    .replace(/\.(\w[\w.-]*\.json)\.[\w-]+\.tmp/g, '$1 (temporary)')
    .replace(/(\.partial\/)[\w-]+/g, '$1<id>')
    .replace(/(trash|leases|attempts)\/[0-9a-z]+(-[0-9a-f]+)?/g, '$1/<id>');

const isDocument = (place: Place): boolean =>
  place.startsWith(`${storePlace}/`) &&
  /^(?:attempts\/|leases\/)?[^./][^/]*\.json$/.test(place.slice(storePlace.length + 1));
const isVersion = (place: Place): boolean => /\/versions\/[^/]+$/.test(place) && !place.endsWith('.partial');

/** What a start can see: a document or a version comes or goes. */
const isAct = (operation: Operation): boolean => {
  if (operation.kind === 'unlink') return isDocument(operation.path);
  if (operation.kind !== 'rename') return false;
  return isDocument(operation.to) || isVersion(operation.to) || isVersion(operation.path);
};

/** An operation that comes after a rename instead of before it: its place has moved along. */
const behind = (operation: Operation, act: Operation): Operation => {
  if (act.kind !== 'rename' || operation.kind === 'report') return operation;
  const moved = (place: Place): Place =>
    isWithin(place, act.path) ? act.to + place.slice(act.path.length) : place;
  if (operation.kind === 'rename')
    return { ...operation, path: moved(operation.path), to: moved(operation.to) };
  return { ...operation, path: moved(operation.path) };
};

/** A flush is known by what it is of, and by what was done right before it. */
const flushed = (operations: readonly Operation[], at: number, place: Place): string => {
  const before = operations[at - 1];
  return plainly(before === undefined ? place : `${place} after ${spell(before)}`);
};

const withoutFlushes = (operations: readonly Operation[]): Mutant[] =>
  operations.flatMap((operation, at): Mutant[] =>
    operation.kind === 'flush'
      ? [
          {
            kind: 'flush dropped',
            place: flushed(operations, at, operation.path),
            operations: operations.toSpliced(at, 1),
            from: at,
          },
        ]
      : [],
  );

/**
 * The act that a flush must come before: the rename that publishes what is flushed; where that has been published, the next
 * act or report; where only a folder was made, the next report.
 */
const dependentOn = (operations: readonly Operation[], at: number, place: Place): number => {
  const next = (fits: (operation: Operation) => boolean): number =>
    operations.findIndex((operation, index) => index > at && fits(operation));
  const report = next(({ kind }) => kind === 'report');
  const publishing = next(operation => operation.kind === 'rename' && isWithin(place, operation.path));
  if (publishing >= 0 && publishing < report) return publishing;
  const sinceLast = operations.slice(0, at).toReversed();
  const last = sinceLast.findIndex(
    ({ kind, ...other }) => kind === 'flush' && 'path' in other && other.path === place,
  );
  const published = sinceLast
    .slice(0, last < 0 ? undefined : last)
    .some(operation => isAct(operation) && operation.kind !== 'report' && touches(operation, place));
  return published ? next(operation => isAct(operation) || operation.kind === 'report') : report;
};

const touches = (operation: Exclude<Operation, { readonly kind: 'report' }>, folder: Place): boolean =>
  folderOf(operation.path) === folder || (operation.kind === 'rename' && folderOf(operation.to) === folder);

const withLateFlushes = (operations: readonly Operation[]): Mutant[] =>
  operations.flatMap((operation, at): Mutant[] => {
    if (operation.kind !== 'flush') return [];
    const act = dependentOn(operations, at, operation.path);
    const dependent = operations[act];
    if (dependent === undefined) return [];
    const moved = [...operations.slice(at + 1, act + 1), behind(operation, dependent)];
    return [
      {
        kind: 'flush moved',
        place: `${flushed(operations, at, operation.path)} behind ${plainly(spell(dependent))}`,
        operations: operations.toSpliced(at, moved.length, ...moved),
        from: at,
      },
    ];
  });

/** An act with all that belongs to it: from the temporary file, or the tree list, to the flush of its folder. */
type Act = { readonly begin: number; readonly end: number; readonly act: Operation };

const isOf =
  (place: Place) =>
  (operation: Operation | undefined): boolean =>
    operation !== undefined && operation.kind !== 'report' && operation.path === place;

const beginOf = (operations: readonly Operation[], at: number, place: Place): number => {
  let begin = at;
  while (isOf(place)(operations[begin - 1])) begin -= 1;
  return begin;
};

/** What is thrown away is thrown away with all that is in it; anything else ends with the flush of its folder, if there is one. */
const endOf = (
  operations: readonly Operation[],
  at: number,
  act: Exclude<Operation, { readonly kind: 'report' }>,
): number => {
  const target = act.kind === 'rename' ? act.to : act.path;
  let end = at;
  for (
    let next = operations[end + 1];
    next !== undefined && next.kind !== 'report';
    next = operations[end + 1]
  ) {
    if (next.kind !== 'flush' ? !isWithin(next.path, target) : next.path !== folderOf(target)) return end;
    end += 1;
    if (next.kind === 'flush') return end;
  }
  return end;
};

/** The tree list is no name that a start looks for, but what makes a folder one of ours. */
const actsIn = (operations: readonly Operation[]): Act[] =>
  operations.flatMap((operation, at): Act[] => {
    if (operation.kind === 'report') return [];
    const listed = operation.kind === 'flush' && operation.path.endsWith('.stagedoor-tree.json');
    if (!listed && !isAct(operation)) return [];
    const begin = beginOf(operations, at, operation.path);
    return [{ begin, end: listed ? at : endOf(operations, at, operation), act: operation }];
  });

const spellAct = (act: Operation): string =>
  act.kind === 'flush'
    ? `write ${act.path}`
    : act.kind === 'rename' && isDocument(act.to)
      ? `write ${act.to}`
      : spell(act);

/** Each act behind the next one, as far as no report lies between them: that order is their caller's. */
const withSwappedActs = (operations: readonly Operation[]): Mutant[] => {
  const acts = actsIn(operations);
  return acts.flatMap((first, index): Mutant[] => {
    const second = acts[index + 1];
    if (second === undefined) return [];
    const between = operations.slice(first.end + 1, second.begin);
    if (between.some(({ kind }) => kind === 'report')) return [];
    const late = operations.slice(first.begin, first.end + 1).map(operation => behind(operation, second.act));
    const swapped = [...between, ...operations.slice(second.begin, second.end + 1), ...late];
    return [
      {
        kind: 'acts swapped',
        place: plainly(`${spellAct(first.act)} ↔ ${spellAct(second.act)}`),
        operations: operations.toSpliced(first.begin, swapped.length, ...swapped),
        from: first.begin,
      },
    ];
  });
};

/** Every flush dropped, every flush behind the act that depends on it, every two neighbouring acts swapped (P-03). */
export const mutantsOf = (operations: readonly Operation[]): Mutant[] => [
  ...withoutFlushes(operations),
  ...withLateFlushes(operations),
  ...withSwappedActs(operations),
];
