import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errnoOf } from '#src/failure.js';
import { decide } from '#src/launching/candidates.js';
import { launchSetup } from '#src/launching/setup.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { namesIn } from '#src/store/folder.js';
import { parseJson } from '#src/store/json-shape.js';
import { readPointer } from '#src/store/pointer.js';
import { type AppWorld, fs } from '../app-world.ts';
import { differenceOf } from './kill-world.ts';

const bundledVersion = '1.0.0';

const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
};

const filesOf = (dir: string): string[] => {
  try {
    return readdirSync(dir).flatMap(name => (/^[^.].*\.json$/.test(name) ? [path.join(dir, name)] : []));
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
};

const unparsable = ({ layout }: AppWorld): string | undefined =>
  [layout.root, layout.attempts, layout.leases].flatMap(filesOf).find(file => {
    const text = textOf(file);
    return text !== null && parseJson(text) === undefined;
  });

/** What decides about the launch: as long as these stay the same, so does what they lead to. */
const deciding = ({ layout }: AppWorld): string =>
  [layout.current, layout.pin, layout.badVersions, layout.health].map(textOf).join('\n');

/** A folder may go while it is read: that is told apart by what decides. */
const differenceNow = (world: AppWorld, version: string): string | null => {
  try {
    return differenceOf(world, version);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return `${version} can't be read: ${errnoOf(error)}`;
  }
};

/** The damage that the next launch would meet first; null if there is none, or if the store was changed meanwhile. */
const launchDamage = (world: AppWorld): string | null => {
  const before = deciding(world);
  const setup = launchSetup(world.options);
  const key = { abi: '', shellVersion: '', now: new Date() };
  const { candidates, refusals, pointer } = decide(setup, readBadVersions(fs, world.layout), key);
  const [first] = candidates;
  if (first === undefined) return 'there is no candidate';
  const damage = first.version === bundledVersion ? null : differenceNow(world, first.version);
  const pointed = pointer.kind === 'valid' ? pointer.pointer.version : null;
  const stale = refusals.find(
    ({ code, version }) => code === 'pin-unavailable' || (code === 'entry-missing' && version === pointed),
  );
  if (deciding(world) !== before) return null;
  if (damage !== null) return `${JSON.stringify(first)}: ${damage}`;
  return stale === undefined ? null : `${stale.message}: ${before}`;
};

/** What is wrong with a store at this moment, null for nothing. */
export const wrongWith = (world: AppWorld): string | null => {
  const file = unparsable(world);
  if (file !== undefined) return `${file} is no JSON`;
  const pointer = readPointer(fs, world.layout);
  if (pointer.kind === 'invalid') return `the pointer is invalid: ${pointer.reason}`;
  return launchDamage(world);
};

const historyLines = 80;

/** What a reader needs to find out how it came to that: where the versions are, and the last lines of the journal. */
const traces = ({ layout }: AppWorld): string => {
  const folders = [layout.versions, layout.trash, layout.leases, layout.attempts].map(
    dir => `${path.basename(dir)}: ${namesIn(fs, dir).join(' ')}`,
  );
  const lines = [layout.olderJournal, layout.journal].flatMap(file => (textOf(file) ?? '').split('\n'));
  return [...folders, ...lines.slice(-historyLines)].join('\n');
};

/** Looks at a store again and again until told to stop; rejects with the first thing that is wrong. */
export const watchStore = async (world: AppWorld, isOver: () => boolean): Promise<number> => {
  for (let looks = 1; ; looks += 1) {
    const wrong = wrongWith(world);
    if (wrong !== null) throw new Error(`look ${looks}: ${wrong}\n${traces(world)}`);
    if (isOver()) return looks;
    await pause(10);
  }
};
