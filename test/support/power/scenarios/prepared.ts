import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Candidate } from '#machines/contract.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { recordTrusted } from '#src/store/health.js';
import type { Journal } from '#src/store/journal.js';
import { damagedText } from '../rules.ts';
import { type PowerWorld, stockedWorld, treeOf } from '../world.ts';

/** A journal is no part of what a cut may cost. */
export const noJournal: Journal = { append: () => undefined, lost: () => 0 };

export const candidateOf = (version: string, tree: string | null): Candidate => ({
  role: 'override',
  version,
  tree,
  firstStart: true,
});

/** 1.2.0 is staged and pointed to. */
export const withNewest = async (): Promise<PowerWorld> => {
  const world = await stockedWorld();
  await world.stage(fs);
  return world;
};

/** A file of 1.2.0 is cut. */
export const damage = (world: PowerWorld, file: string): void =>
  writeFileSync(path.join(world.layout.version('1.2.0'), file), damagedText);

/** A third start of 1.2.0 was ready. */
export const trustNewest = (world: PowerWorld): Promise<void> =>
  recordTrusted(fs, world.layout, { version: '1.2.0', tree: treeOf(world.layout, '1.2.0') });
