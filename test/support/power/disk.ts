import { tornForms } from './contents.ts';
import type { Place } from './operation.ts';

export type Inode = number;
export type Folder = Map<string, Inode>;
export type FileState = { readonly content: number; readonly mode: number; readonly mtimeMs: number };

export type Change = { readonly folder: Inode; readonly name: string; readonly inode: Inode | null };

/** Names that a cut may take back. */
export type PendingNames = {
  readonly id: number;
  readonly changes: readonly Change[];
  /** The folder whose flush makes it last. */
  readonly home: Inode;
  /** Pending acts on the same names that came before it. */
  readonly after: readonly number[];
};

/** What may be in a file that was not flushed: what lasts for sure, torn forms, and last all of it. */
export type PendingFile = { readonly inode: Inode; readonly forms: readonly FileState[] };

export type Pending = { readonly names: readonly PendingNames[]; readonly files: readonly PendingFile[] };

/**
 * A disk as harsh as the standard allows: bytes, size and rights of a file last only after a flush of that file, names
 * only after a flush of their folder. Until then each survives a power cut or not, independently of all others; but a
 * rename is one act, and what happens to one name keeps its order.
 */
export class Disk {
  readonly root: Inode = 0;
  /** As the programs see it, and as it is for sure after a cut. */
  readonly now = new Map<Inode, Folder>([[0, new Map()]]);
  readonly lasting = new Map<Inode, Folder>([[0, new Map()]]);
  readonly filesNow = new Map<Inode, FileState>();
  readonly filesLasting = new Map<Inode, FileState>();
  #names: PendingNames[] = [];
  readonly #unflushed = new Set<Inode>();
  #inodes = 1;
  #acts = 0;

  /** The same disk, to go on with apart. */
  copy(): Disk {
    const other = new Disk();
    for (const [inode, folder] of this.now) other.now.set(inode, new Map(folder));
    for (const [inode, folder] of this.lasting) other.lasting.set(inode, new Map(folder));
    for (const [inode, state] of this.filesNow) other.filesNow.set(inode, state);
    for (const [inode, state] of this.filesLasting) other.filesLasting.set(inode, state);
    for (const inode of this.#unflushed) other.#unflushed.add(inode);
    other.#names = [...this.#names];
    other.#inodes = this.#inodes;
    other.#acts = this.#acts;
    return other;
  }

  /** Makes everything last: where a recording begins. */
  settle(): void {
    this.#names = [];
    this.#unflushed.clear();
    for (const [inode, folder] of this.now) this.lasting.set(inode, new Map(folder));
    for (const [inode, state] of this.filesNow) this.filesLasting.set(inode, state);
  }

  find(place: Place): Inode | undefined {
    let inode: Inode | undefined = this.root;
    for (const name of place === '' ? [] : place.split('/')) {
      inode = inode === undefined ? undefined : this.now.get(inode)?.get(name);
    }
    return inode;
  }

  get pending(): Pending {
    const files = [...this.#unflushed].map(inode => ({ inode, forms: this.#forms(inode) }));
    return { names: this.#names, files: files.filter(({ forms }) => forms.length > 1) };
  }

  newFolder(): Inode {
    const inode = this.#inodes++;
    this.now.set(inode, new Map());
    this.lasting.set(inode, new Map());
    return inode;
  }

  newFile(state: FileState): Inode {
    const inode = this.#inodes++;
    this.filesNow.set(inode, state);
    this.filesLasting.set(inode, state);
    return inode;
  }

  /** One act on names: all of it survives, or nothing. */
  act(home: Inode, changes: readonly Change[]): void {
    const touches = (other: Change): boolean =>
      changes.some(({ folder, name }) => folder === other.folder && name === other.name);
    const after = this.#names.filter(act => act.changes.some(touches)).map(({ id }) => id);
    this.#names = [...this.#names, { id: this.#acts++, changes, home, after }];
    perform(this.now, changes);
  }

  change(inode: Inode, state: FileState): void {
    this.filesNow.set(inode, state);
    this.#unflushed.add(inode);
  }

  flush(inode: Inode): void {
    const state = this.filesNow.get(inode);
    if (state === undefined) {
      this.#flushNames(inode);
      return;
    }
    this.filesLasting.set(inode, state);
    this.#unflushed.delete(inode);
  }

  /** With what came before on the same names: an order that is kept is kept here, too. */
  #flushNames(folder: Inode): void {
    const lasts = new Set<number>();
    for (const { id, home, after } of this.#names.toReversed()) {
      if (home !== folder && !lasts.has(id)) continue;
      lasts.add(id);
      for (const earlier of after) lasts.add(earlier);
    }
    for (const { id, changes } of this.#names) if (lasts.has(id)) perform(this.lasting, changes);
    this.#names = this.#names.filter(({ id }) => !lasts.has(id));
  }

  /** Times are as staging recorded them in every form: neither time nor size alone may be what gives damage away. */
  #forms(inode: Inode): FileState[] {
    const [now, lasting] = [this.filesNow.get(inode), this.filesLasting.get(inode)];
    if (now === undefined || lasting === undefined) return [];
    const contents = now.content === lasting.content ? [] : tornForms(now.content);
    const forms = [
      { ...lasting, mtimeMs: now.mtimeMs },
      ...contents.map(content => ({ ...now, content })),
      { ...now, mode: lasting.mode },
      now,
    ];
    const keys = forms.map(({ content, mode }) => `${content} ${mode}`);
    return forms.filter((_, at) => keys.lastIndexOf(keys[at] ?? '') === at);
  }
}

/** Carries changes of names out. */
export const perform = (folders: ReadonlyMap<Inode, Folder>, changes: readonly Change[]): void => {
  for (const { folder, name, inode } of changes) {
    const names = folders.get(folder);
    if (names === undefined) throw new RangeError(`no folder has the inode ${folder}`);
    if (inode === null) names.delete(name);
    else names.set(name, inode);
  }
};
