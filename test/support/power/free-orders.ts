/** Mutants that break no promise: what they take away is no part of the protocol, for a reason. */
const removedPin =
  'the write that follows in the same call flushes the same folder, and nothing is reported between them';
const pinOrPointer =
  'the mark lasts already: with the old pin or without it, a start refuses 1.2.0 in both orders';
const trashOrRecord =
  'the verdict lasts already: a folder that stays is collected, an attempt that stays open is judged again';

/** By `<scenario>: <kind>: <place>`. A mutant that is missed and not among these is a failure, and so is one of these that is caught. */
export const freeOrders: ReadonlyMap<string, string> = new Map([
  ...['roll back', 'recover from a dead shell'].map(
    name =>
      [
        `${name}: acts swapped: rename versions/1.2.0 → trash/<id> ↔ write attempts/<id>.json`,
        trashOrRecord,
      ] as const,
  ),
  ...(
    [
      ['roll back by hand', 'current.json'],
      ['roll back by hand to the bundled one', 'health.json'],
    ] as const
  ).flatMap(([name, next]) => [
    [`${name}: flush dropped: data/runtime-store after unlink pin.json`, removedPin] as const,
    [
      `${name}: flush moved: data/runtime-store after unlink pin.json behind rename ${next} (temporary) → ${next}`,
      removedPin,
    ] as const,
    [`${name}: acts swapped: unlink pin.json ↔ write ${next}`, pinOrPointer] as const,
  ]),
]);
