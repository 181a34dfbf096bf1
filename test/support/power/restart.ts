import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Candidate } from '#machines/contract.js';
import { afterStart } from '#src/launching/after-start.js';
import { type FileSystem, nodeFileSystem as fs } from '#src/store/file-system.js';
import { orphanedScratch, orphanedTemporaries } from '#src/store/scratch.js';
import type { PowerWorld } from './world.ts';

/** The start after a cut on the real disk, in the order of the launch chart: recover, resolve, check, set aside. */
export const start = async (world: PowerWorld, port: FileSystem = fs): Promise<Candidate> => {
  const effects = world.launching(port);
  await effects.recover();
  const exclude: string[] = [];
  for (;;) {
    const [candidate] = (await effects.resolve({ exclude })).candidates;
    if (candidate === undefined) throw new Error('there is nothing to launch');
    try {
      await effects.checkTree(candidate);
      return candidate;
    } catch {
      // Damaged or unreadable: either way this one has failed in this launch.
      await effects.quarantine(candidate);
      exclude.push(candidate.version);
    }
  }
};

/** Names and bytes of everything in the store. */
export const picture = (world: PowerWorld): Map<string, string> => {
  const { root } = world.layout;
  if (!fs.existsSync(root)) return new Map();
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return new Map(
    names.map(name => {
      const place = path.join(root, name);
      return [name, statSync(place).isDirectory() ? 'folder' : readFileSync(place, 'latin1')] as const;
    }),
  );
};

/** What a start does once the app runs; gives back the leftovers that are still there. */
export const tidy = async (world: PowerWorld, running: Candidate): Promise<string[]> => {
  const { layout } = world;
  await afterStart(world.setup(fs), running, { append: () => undefined, lost: () => 0 });
  const trash = fs.existsSync(layout.trash) ? readdirSync(layout.trash) : [];
  return [...orphanedScratch(fs, layout), ...orphanedTemporaries(fs, layout), ...trash];
};
