/** Reads what a resolver needs of a core lock, and nothing else of it: nobody must wait for lists of modules. */
import { isWritten, openingOfLock as open } from './core-lock-text.cjs';

/** The copy of a locked package that is shared: from the locked folder on; null where it is joined into a file. */
export type Copy = { readonly name: string; readonly place: string | null };

/** Locked npm packages by their names, and by their names in lower case. */
export type Copies = {
  readonly named: ReadonlyMap<string, Copy>;
  readonly folded: ReadonlyMap<string, Copy>;
};

const longestText = 4096;

const packageName = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i;

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

/** As locks are written: a line for each package, with its modules last. */
const entry = '    {"ecosystem":"';
const modules = ',"modules":[';

type Loose = { readonly [key: string]: unknown } | null;

/** The packages without their modules, so that only some of the text is parsed; null where it has another form. */
const headsIn = (text: string): readonly Loose[] | null => {
  if (!isWritten(text)) return null;
  const heads: string[] = [];
  for (const line of text.slice(open.length).split('\n')) {
    if (line.startsWith('  ]')) break;
    if (line === '') continue;
    const end = line.indexOf(modules);
    if (!line.startsWith(entry) || end < 0 || !/\},?$/.test(line)) return null;
    heads.push(line.slice(0, end));
  }
  return heads.length === 0 ? null : (JSON.parse(`[${heads.join('},')}}]`) as readonly Loose[]);
};

const allOf = (text: string): readonly Loose[] => {
  const lock = JSON.parse(text) as Loose;
  if (lock?.schema !== 1 || !Array.isArray(lock.packages)) throw new Error('it is no core lock of schema 1');
  return lock.packages;
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

/** Throws where the text is no lock that can be used. */
export const copiesIn = (text: string): Copies =>
  copiesOf(
    (headsIn(text) ?? allOf(text))
      .filter(one => one?.ecosystem !== 'python')
      .map(one => checked(one?.name, one?.place)),
  );

/** A name in whatever case; one that is written just so goes before. */
export const copyNamed = ({ named, folded }: Copies, name: string): Copy | undefined =>
  named.get(name) ?? folded.get(name.toLowerCase());
