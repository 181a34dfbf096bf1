import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What belongs to the runtime. */
export type Ground = {
  /** The folder that the places of the lock begin at, without links. */
  readonly root: string;
  /** The first of `folders`, where nearly everything is. */
  readonly home: string;
  /** The folders whose files are the runtime's, each with a separator at its end: the root first, and where its natives are. */
  readonly folders: readonly string[];
  /** Name of a package → the folder that the runtime has it from instead of its own (N-08). */
  readonly natives: ReadonlyMap<string, string>;
};

const realOf = (place: string): string | null => {
  try {
    return realpathSync.native(place);
  } catch {
    // Not there: nothing can come from it.
    return null;
  }
};

/** The lock's own folder; else the nearest one at or above the runtime's entry that has the places. */
const rootOf = (file: string, place: string | null): string => {
  const has = (folder: string): boolean => place === null || existsSync(join(folder, place, 'package.json'));
  const beside = dirname(file);
  if (has(beside)) return beside;
  const entry = process.env.STAGEDOOR_ENTRY ?? process.argv[1];
  let folder = entry === undefined ? null : realOf(dirname(resolve(entry)));
  while (folder !== null && !has(folder)) folder = dirname(folder) === folder ? null : dirname(folder);
  if (folder === null) throw new Error('its places are neither beside it nor about the entry of the runtime');
  return folder;
};

const nativesOf = (): ReadonlyMap<string, string> => {
  const { STAGEDOOR_NATIVE_DIRS: text, STAGEDOOR_NATIVE_ABI: abi } = process.env;
  if (text === undefined || (abi !== undefined && abi !== process.versions.modules)) return new Map();
  try {
    const dirs = Object.entries(Object(JSON.parse(text)));
    return new Map(dirs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  } catch {
    // Whoever leads to the natives tells it.
    return new Map();
  }
};

/** With a separator at its end. */
const ended = (folder: string): string => (folder.endsWith(sep) ? folder : `${folder}${sep}`);

/** `place`: of any package in the lock; null where there is none. Throws where it is nowhere. */
export const groundOf = (file: string, place: string | null): Ground => {
  const given = rootOf(file, place);
  const root = realOf(given) ?? given;
  // Our own files are nobody's second copy.
  const natives = nativesOf();
  const places = [
    root,
    given,
    ...[...natives.values()].flatMap(dir => [realOf(dir) ?? resolve(dir), resolve(dir)]),
    dirname(__dirname),
  ];
  const folders = [...new Set(places)].map(ended);
  return { root, home: ended(root), folders, natives };
};

/** Whether a file is the runtime's own; a path that climbs is seen as what it leads to. */
export const isInside = ({ home, folders }: Ground, file: string): boolean => {
  if (file.includes('..')) return folders.some(folder => resolve(file).startsWith(folder));
  return file.startsWith(home) || folders.some(folder => file.startsWith(folder));
};

/** The same for what is imported; `home` as it begins there. */
export const ownUrls = ({
  folders,
  home,
}: Ground): { readonly home: string; readonly isOwn: (url: string) => boolean } => {
  const urls = folders.map(folder => pathToFileURL(folder).href);
  return {
    home: pathToFileURL(home).href,
    isOwn: url => !url.includes('/..') && urls.some(folder => url.startsWith(folder)),
  };
};
