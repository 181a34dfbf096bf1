import type { Disk } from './disk.ts';
import type { Operation, Place, Report } from './operation.ts';
import { apply } from './performing.ts';
import type { Scenario } from './scenario.ts';
import { find, folderAt, presentView, treeKey, type View } from './view.ts';
import { storePlace } from './world.ts';

const absent = 'absent';

/** Every JSON file of the store with what it holds, by place; temporary ones are nobody's. */
export const documentsOf = (view: View): Map<Place, string> => {
  const documents = new Map<Place, string>();
  for (const folder of [storePlace, `${storePlace}/attempts`, `${storePlace}/leases`]) {
    for (const name of folderAt(view, folder)?.keys() ?? []) {
      if (name.startsWith('.') || !name.endsWith('.json')) continue;
      const place = `${folder}/${name}`;
      documents.set(place, treeKey(view, find(view, place) ?? -1));
    }
  }
  return documents;
};

/**
 * What a program owes at one moment. Each document is as it was at the last report, or as it has been since: never a
 * part, never older than what was reported (S-02). And a start launches what was promised then, or what is coming.
 */
export type Promised = {
  readonly documents: ReadonlyMap<Place, ReadonlySet<string>>;
  readonly launch: ReadonlySet<string>;
};

/** What is owed before the first operation, and after each. */
export const promisesOf = (
  start: Disk,
  operations: readonly Operation[],
  { before, meanwhile = [] }: Pick<Scenario, 'before' | 'meanwhile'>,
): Promised[] => {
  const disk = start.copy();
  let documents = heldNow(disk);
  let launch = before;
  const owed = (at: number): Promised => {
    const coming = operations.slice(at).find(promisesLaunch)?.launch ?? [];
    const done = coming.length === 0 && operations.slice(0, at).some(promisesLaunch);
    return { documents, launch: new Set([...launch, ...coming, ...(done ? [] : meanwhile)]) };
  };
  const promises = [owed(0)];
  for (const [at, operation] of operations.entries()) {
    apply(disk, operation);
    if (operation.kind === 'report') {
      documents = heldNow(disk);
      launch = operation.launch ?? launch;
    } else documents = withPresent(documents, disk);
    promises.push(owed(at + 1));
  }
  return promises;
};

const promisesLaunch = (operation: Operation): operation is Report & { launch: readonly string[] } =>
  operation.kind === 'report' && operation.launch !== undefined;

const heldNow = (disk: Disk): Map<Place, ReadonlySet<string>> =>
  new Map([...documentsOf(presentView(disk))].map(([place, held]) => [place, new Set([held])]));

const withPresent = (
  known: ReadonlyMap<Place, ReadonlySet<string>>,
  disk: Disk,
): Map<Place, ReadonlySet<string>> => {
  const present = documentsOf(presentView(disk));
  const all = new Set([...known.keys(), ...present.keys()]);
  return new Map(
    [...all].map(place => {
      const held = present.get(place) ?? absent;
      return [place, new Set([...(known.get(place) ?? [absent]), held])];
    }),
  );
};

/** The first document that is not what it may be, or null. */
export const brokenDocument = (view: View, { documents }: Promised): string | null => {
  const held = documentsOf(view);
  for (const place of new Set([...documents.keys(), ...held.keys()])) {
    const allowed = documents.get(place) ?? new Set([absent]);
    const found = held.get(place) ?? absent;
    if (allowed.has(found)) continue;
    return `S-02: ${place} is ${found === absent ? 'gone' : 'torn, or older than what was reported'}`;
  }
  return null;
};
