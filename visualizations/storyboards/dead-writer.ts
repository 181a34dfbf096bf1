import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ownToken } from '#src/process/identity.js';
import type { Layout } from '#src/store/layout.js';

/** A process of another boot: whatever runs now, it is not this one. */
const deadToken = `${process.pid}-1-dead`;

const namesIn = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

const bury = (dir: string): void => {
  for (const name of namesIn(dir).filter(one => one.includes(ownToken()))) {
    renameSync(path.join(dir, name), path.join(dir, name.replace(ownToken(), deadToken)));
  }
};

/**
 * Makes the writer of a store dead: a shell that is killed in a film leaves the director alive, and what it owned would be
 * a living process's. Scratch folders, temporary files, leases and attempts become those of a process that is gone.
 */
export const buryWriter = (layout: Layout): void => {
  const partials = namesIn(layout.versions).filter(name => name.endsWith('.partial'));
  for (const dir of partials) bury(path.join(layout.versions, dir));
  for (const dir of [layout.root, layout.attempts, layout.leases]) bury(dir);
  for (const dir of [layout.attempts, layout.leases]) {
    for (const name of namesIn(dir)) {
      const file = path.join(dir, name);
      const text = readFileSync(file, 'utf8');
      if (text.includes(ownToken())) writeFileSync(file, text.replaceAll(ownToken(), deadToken));
    }
  }
};
