/** Mutants that break no promise: what they take away is no part of the protocol, for a reason. */
const removedPin =
  'the write that follows in the same call flushes the same folder, and nothing is reported between them';
const pinOrPointer =
  'the mark lasts already: with the old pin or without it, a start refuses 1.2.0 in both orders';
const trashOrRecord =
  'the verdict lasts already: a folder that stays is collected, an attempt that stays open is judged again';

const bundled = 'roll back by hand to the bundled one';
const pinFlush = 'data/runtime-store after unlink pin.json';

const lease =
  'a lease is that of a living process, and after a cut nobody lives; S-02 asks the flush of every JSON file';

/** By `<scenario>: <kind>: <place>`. One of these that is caught is a failure, too: it is none any more. */
export const freeOrders: ReadonlyMap<string, string> = new Map([
  ['roll back: acts swapped: rename versions/1.2.0 → trash/<id> ↔ write attempts/<id>.json', trashOrRecord],
  [
    'recover from a dead shell: acts swapped: rename versions/1.2.0 → trash/<id> ↔ write attempts/<id>.json',
    trashOrRecord,
  ],
  ['roll back by hand: acts swapped: unlink pin.json ↔ write current.json', pinOrPointer],
  [`${bundled}: acts swapped: unlink pin.json ↔ write health.json`, pinOrPointer],
  [`${bundled}: flush dropped: ${pinFlush}`, removedPin],
  [`${bundled}: flush moved: ${pinFlush} behind rename health.json (temporary) → health.json`, removedPin],
]);

/** Why a mutant that is missed takes nothing away; undefined: it does. */
export const freedomOf = (name: string): string | undefined =>
  freeOrders.get(name) ?? (/\bleases\b/.test(name) ? lease : undefined);
