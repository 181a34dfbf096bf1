/** Reads what a resolver needs of a core lock, and nothing else of it: nobody must wait for lists of modules. */
import { isWritten, openingOfLock as open } from './core-lock-text.cjs';

/** The copy of a locked package that is shared: from the locked folder on, absolute for a native; null where it is joined into a file. */
export type Copy = { readonly name: string; readonly place: string | null };

/** Locked npm packages by the names that they are known or imported by, and by those in lower case. */
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

/** The name of its folder, which may be an alias; its own for the runtime itself, and for what is joined. */
const calledOf = ({ name, place }: Copy): string =>
  place === null || place === '.' ? name : (place.split('node_modules/').at(-1) ?? name);

/** As `sharedCopies` chooses: the joined one, else the one that lies highest, else one that is called so, else the first. */
const isBetter = (a: Copy, b: Copy, isCalledSo: (one: Copy) => boolean): boolean => {
  if (a.place === null || b.place === null) return a.place !== null && b.place === null;
  const deeper = depthOf(b.place) - depthOf(a.place);
  return deeper < 0 || (deeper === 0 && !isCalledSo(a) && isCalledSo(b));
};

const chosen = (list: readonly Copy[], keyOf: (name: string) => string): ReadonlyMap<string, Copy> => {
  const copies = new Map<string, Copy>();
  for (const copy of list) {
    for (const key of new Set([copy.name, calledOf(copy)].map(keyOf))) {
      const known = copies.get(key);
      if (known === undefined || isBetter(known, copy, one => keyOf(calledOf(one)) === key))
        copies.set(key, copy);
    }
  }
  return copies;
};

const folding = (name: string): string => name.toLowerCase();

const copiesOf = (list: readonly Copy[]): Copies => ({
  named: chosen(list, name => name),
  folded: chosen(list, folding),
});

/** What the runtime has from elsewhere (N-08) is its own, whether its lock knows of it or not. */
export const withNatives = ({ named, folded }: Copies, natives: ReadonlyMap<string, string>): Copies => {
  const own = [...natives].map(([name, place]) => [name, { name, place }] as const);
  return {
    named: new Map([...named, ...own]),
    folded: new Map([...folded, ...own.map(([name, copy]) => [folding(name), copy] as const)]),
  };
};

/** Throws where the text is no lock that can be used. */
export const copiesIn = (text: string): Copies =>
  copiesOf(
    (headsIn(text) ?? allOf(text))
      .filter(one => one?.ecosystem !== 'python')
      .map(one => checked(one?.name, one?.place)),
  );

/** Whether something of the runtime is called so but for its case. */
export const isFolded = ({ named, folded }: Copies, name: string): boolean =>
  !named.has(name) && folded.has(folding(name));

/** A name in whatever case; one that is written just so goes before. */
export const copyNamed = ({ named, folded }: Copies, name: string): Copy | undefined =>
  named.get(name) ?? folded.get(folding(name));
