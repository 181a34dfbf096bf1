import path from 'node:path';
import { errnoOf, StagedoorError } from '../failure.ts';
import { writeDurably } from '../store/durable-file.ts';
import type { FileSystem } from '../store/file-system.ts';
import { namesIn } from '../store/folder.ts';
import { asArray, asRecord, readValue } from '../store/json-shape.ts';
import { isOrphanedTemporary } from '../store/scratch.ts';
import { sizeLimits } from '../store/small-file.ts';

/** Answers that outlive the process, the newest first. Losing one costs a question, nothing else. */
export type MemoryFile<Item> = {
  find(is: (item: Item) => boolean): Item | undefined;
  /** Written beside whatever goes on, in place of those that `is` names. */
  keep(item: Item, is: (other: Item) => boolean): void;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
};

export type MemoryShape<Item> = {
  readonly file: string;
  /** The key of the list in the file. */
  readonly list: string;
  /** Null for what is no item: the file is hostile. */
  readonly parse: (value: unknown) => Item | null;
};

const longestList = 64;

/** What writers that died have left beside the file. */
const sweep = async (fs: FileSystem, folder: string): Promise<void> => {
  for (const name of namesIn(fs, folder).filter(isOrphanedTemporary))
    await fs.promises.rm(path.join(folder, name), { force: true });
};

export const createMemoryFile = <Item>(
  fs: FileSystem,
  { file, list, parse }: MemoryShape<Item>,
): MemoryFile<Item> => {
  const read = (): readonly Item[] =>
    asArray(asRecord(readValue(fs, file, sizeLimits.document))?.[list])
      .slice(0, longestList)
      .map(parse)
      .filter(item => item !== null);

  /** Two processes that write at once may lose one of the answers. */
  const write = async (item: Item, is: (other: Item) => boolean): Promise<void> => {
    const items = [item, ...read().filter(other => !is(other))].slice(0, longestList);
    try {
      await sweep(fs, path.dirname(file));
      await writeDurably(fs, file, `${JSON.stringify({ schema: 1, [list]: items })}\n`);
    } catch (error) {
      // It only spares a question: a cache that can't be written costs time, never a launch.
      if (!(error instanceof StagedoorError) && errnoOf(error) === undefined) throw error;
    }
  };

  let writing: Promise<void> = Promise.resolve();
  return {
    find: is => read().find(is),
    keep: (item, is) => {
      writing = writing.then(() => write(item, is));
    },
    idle: () => writing,
  };
};
