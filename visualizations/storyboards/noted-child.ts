import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ownToken, processToken } from '#src/process/identity.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { namesIn } from '#src/store/folder.js';
import type { Layout } from '#src/store/layout.js';

/**
 * Whether the store knows of a child: its attempt, then its lease, are written while it starts, and a film that stops in
 * between would differ from run to run.
 */
export const isNoted = (layout: Layout, pid: number): boolean => {
  const token = processToken(pid);
  const names = namesIn(nodeFileSystem, layout.leases);
  if (token === null || names.some(name => name.includes(ownToken()))) return token === null;
  return names
    .filter(name => name.endsWith('.json'))
    .some(name => readFileSync(path.join(layout.leases, name), 'utf8').includes(token));
};
