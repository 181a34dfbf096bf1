import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { isAlive } from '#src/process/identity.js';
import { type AttemptRecord, readAttempts } from '#src/store/attempts.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { readPointer } from '#src/store/pointer.js';
import type { RuntimeSource } from '#src/testing/index.js';
import { type AppWorld, fs, newWorld, stage, trust } from '../app-world.ts';
import { markName } from './marked-processes.ts';
import { cleanEnvironment } from './victim.ts';

/** A bundled 1.0.0, a trusted 1.1.0, and 1.2.0 that is pointed to and behaves as it is told to. */
export const launchWorld = async (source: Omit<RuntimeSource, 'name' | 'version'>): Promise<AppWorld> => {
  const world = newWorld();
  await trust(world, '1.1.0');
  await stage(world, '1.2.0', source);
  return { ...world, options: { ...world.options, env: cleanEnvironment(), probeTimeout: 5_000 } };
};

/** Serves, ends when it is told to, and does not mind that its shell has gone. */
export const deafProgram = `
import { readFileSync } from 'node:fs';
import { sayReady } from './protocol.js';
import { serve } from './server.js';
process.stdout.on('error', () => undefined);
process.on('message', message => message.type === 'stagedoor.shutdown' && process.exit(0));
process.on('disconnect', () => undefined);
setTimeout(() => process.exit(0), 300_000);
await serve(JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')).version);
await sayReady();
`;

/** The same with a helper in a group of its own that ignores SIGTERM. */
export const deafFamily = `
import { spawn } from 'node:child_process';
const helper = "process.on('SIGTERM', () => undefined); setTimeout(() => undefined, 300_000)";
spawn(process.execPath, ['-e', helper], { detached: true, stdio: 'ignore' }).unref();
${deafProgram}`;

let marks = 0;

/** The same world for a shell whose runtimes are known by a mark in their environment. */
export const marked = ({
  options,
  ...world
}: AppWorld): { readonly world: AppWorld; readonly mark: string } => {
  marks += 1;
  const mark = `${process.pid}-${marks}`;
  return {
    mark,
    world: { ...world, options: { ...options, env: { ...cleanEnvironment(), [markName]: mark } } },
  };
};

/** Attempts that nobody has resolved, of shells that are gone. */
export const abandonedAttempts = ({ layout }: AppWorld): AttemptRecord[] =>
  readAttempts(fs, layout).filter(({ state, shell }) => state === 'open' && !isAlive(shell));

export const strikesOf = ({ layout }: AppWorld, version: string): number =>
  readBadVersions(fs, layout).find(mark => mark.version === version)?.strikes ?? 0;

/** L-06: whatever has been removed of a bad version, the mark was written before. */
export const expectMarkFirst = ({ layout }: AppWorld, version: string, situation: string): void => {
  const state = readPointer(fs, layout);
  const pointed = state.kind === 'valid' && state.pointer.version === version;
  const folder = existsSync(layout.version(version));
  const bad = readBadVersions(fs, layout).some(mark => mark.version === version && mark.strikes >= 2);
  if (!bad) expect({ pointed, folder }, situation).toEqual({ pointed: true, folder: true });
  if (!folder) expect(pointed, situation).toBe(false);
};
