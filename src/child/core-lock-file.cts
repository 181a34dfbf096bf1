/** Reads what a resolver needs of a core lock, and nothing else of it: a start must not wait for lists of modules. */
import { readFileSync, statSync } from 'node:fs';

/** The copy of a locked package that is shared: from the locked folder on; null where it is joined into a file. */
export type Copy = { readonly name: string; readonly place: string | null };

/** Locked npm packages by their names, and by their names in lower case. */
export type Copies = {
  readonly named: ReadonlyMap<string, Copy>;
  readonly folded: ReadonlyMap<string, Copy>;
};

/** Bytes, as whoever writes a lock keeps to. */
const largestLock = 134_217_728;
const longestText = 4096;

const packageName = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i;

/** One package, as `lock write` has it on a line of its own; texts with escapes in them don't fit. */
const line =
  /\{"ecosystem":"(npm|python)","name":"([^"\\]*)","version":"[^"\\]*","integrity":(?:null|"[^"\\]*"),"place":(?:null|"([^"\\]*)"),"modules":\[/g;
/** No text of JSON can hold it, so that each is the key of a package. */
const mark = '"ecosystem":';

const isPlace = (place: string): boolean =>
  place === '.' ||
  (!/[\\:\0]/.test(place) && place.split('/').every(part => part !== '' && part !== '.' && part !== '..'));

const checked = (name: unknown, place: unknown): Copy => {
  const isGood =
    typeof name === 'string' &&
    name.length <= 214 &&
    packageName.test(name) &&
    (place === null || (typeof place === 'string' && place.length <= longestText && isPlace(place)));
  if (!isGood) throw new Error('it has a package without a name or place that can be one');
  return { name, place };
};

const marksIn = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) count += 1;
  return count;
};

/** By the lines alone; null where not all of it has the form in which locks are written. */
const linesOf = (text: string): Copy[] | null => {
  if (!text.startsWith('{\n  "schema": 1,\n  "packages": [') || !text.endsWith('}\n')) return null;
  const lines = [...text.matchAll(line)];
  if (lines.length !== marksIn(text)) return null;
  return lines
    .filter(([, ecosystem]) => ecosystem === 'npm')
    .map(([, , name, place]) => checked(name, place ?? null));
};

type Loose = { readonly [key: string]: unknown } | null;

const parsed = (text: string): Copy[] => {
  const lock = JSON.parse(text) as Loose;
  if (lock?.schema !== 1 || !Array.isArray(lock.packages)) throw new Error('it is no core lock of schema 1');
  return lock.packages
    .filter((one: Loose) => one?.ecosystem !== 'python')
    .map((one: Loose) => checked(one?.name, one?.place));
};

const depthOf = (place: string): number => place.split('/').filter(part => part === 'node_modules').length;

/** As `sharedCopies` chooses: the joined one, else the one that lies highest, else the first. */
const better = (a: Copy | undefined, b: Copy): Copy => {
  if (a === undefined || (b.place === null && a.place !== null)) return b;
  return a.place !== null && b.place !== null && depthOf(b.place) < depthOf(a.place) ? b : a;
};

const copiesOf = (list: readonly Copy[]): Copies => {
  const [named, folded] = [new Map<string, Copy>(), new Map<string, Copy>()];
  for (const copy of list) {
    const lower = copy.name.toLowerCase();
    named.set(copy.name, better(named.get(copy.name), copy));
    folded.set(lower, better(folded.get(lower), copy));
  }
  return { named, folded };
};

/** Throws where the file is no lock that can be used. */
export const readCopies = (file: string): Copies => {
  const stats = statSync(file);
  if (!stats.isFile()) throw new Error('it is no file');
  if (stats.size > largestLock) throw new Error(`it has more than ${largestLock} bytes`);
  const text = readFileSync(file, 'utf8');
  return copiesOf(linesOf(text) ?? parsed(text));
};

/** A name in whatever case; one that is written just so goes before. */
export const copyNamed = ({ named, folded }: Copies, name: string): Copy | undefined =>
  named.get(name) ?? folded.get(name.toLowerCase());
