import { bytesOf } from './contents.ts';
import type { Disk, FileState, Folder, Inode } from './disk.ts';
import type { Place } from './operation.ts';

/** A disk as one start finds it: names and files by inode, from the root. */
export type View = {
  readonly root: Inode;
  readonly folder: (inode: Inode) => Folder | undefined;
  readonly file: (inode: Inode) => FileState | undefined;
};

/** What the running programs see. */
export const presentView = (disk: Disk): View => ({
  root: disk.root,
  folder: inode => disk.now.get(inode),
  file: inode => disk.filesNow.get(inode),
});

export const find = (view: View, place: Place): Inode | undefined => {
  let inode: Inode | undefined = view.root;
  if (place === '') return inode;
  for (const name of place.split('/')) {
    inode = inode === undefined ? undefined : view.folder(inode)?.get(name);
  }
  return inode;
};

export const folderAt = (view: View, place: Place): Folder | undefined => {
  const inode = find(view, place);
  return inode === undefined ? undefined : view.folder(inode);
};

export const fileAt = (view: View, place: Place): FileState | undefined => {
  const inode = find(view, place);
  return inode === undefined ? undefined : view.file(inode);
};

export const textAt = (view: View, place: Place): string | null => {
  const file = fileAt(view, place);
  return file === undefined ? null : bytesOf(file.content).toString('utf8');
};

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

/** All that is below an inode as a text: equal texts, equal trees (the times of files left out). */
export const treeKey = (view: View, inode: Inode): string => {
  const file = view.file(inode);
  if (file !== undefined) return `${file.content}.${file.mode}`;
  let key = '{';
  const names = view.folder(inode) ?? new Map<string, Inode>();
  for (const name of [...names.keys()].sort(byText))
    key += `${name}:${treeKey(view, names.get(name) ?? -1)},`;
  return `${key}}`;
};

/** Every file and folder below, as paths. */
export function* walk(view: View, inode: Inode, below = ''): Generator<readonly [Place, Inode]> {
  for (const [name, child] of view.folder(inode) ?? []) {
    const place = below === '' ? name : `${below}/${name}`;
    yield [place, child];
    yield* walk(view, child, place);
  }
}

const mix = (hash: number, value: number, factor: number): number =>
  Math.imul(hash ^ value, factor) ^ (hash >>> 13);

/** A number of 53 bits for all that is below a place, for counting how many states differ. */
export const fingerprint = (view: View, place: Place): number => {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  const take = (value: number): void => {
    high = mix(high, value, 2_654_435_761);
    low = mix(low, value + 7, 1_597_334_677);
  };
  const visit = (inode: Inode): void => {
    const file = view.file(inode);
    if (file !== undefined) {
      take(file.content);
      take(file.mode);
      return;
    }
    const names = view.folder(inode);
    if (names === undefined) return;
    let [sumHigh, sumLow] = [0, 0];
    const [outerHigh, outerLow] = [high, low];
    // The order of names in a folder is no difference: each is hashed apart, and the sum is taken.
    for (const [name, child] of names) {
      [high, low] = [numberOfName(name), ~numberOfName(name)];
      visit(child);
      sumHigh = (sumHigh + high) | 0;
      sumLow = (sumLow + low) | 0;
    }
    [high, low] = [outerHigh, outerLow];
    take(sumHigh);
    take(sumLow);
    take(names.size);
  };
  const top = find(view, place);
  if (top !== undefined) visit(top);
  return (high >>> 0) * 2_097_152 + (low >>> 11);
};

const names = new Map<string, number>();
const numberOfName = (name: string): number => {
  const known = names.get(name);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  names.set(name, hash);
  return hash;
};
