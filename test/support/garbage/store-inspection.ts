import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Candidate } from '#machines/contract.js';
import { StagedoorError } from '#src/failure.js';
import { afterStart } from '#src/launching/after-start.js';
import { createLaunchEffects, type LaunchEffects } from '#src/launching/effects.js';
import { explain } from '#src/launching/explanation.js';
import { type LaunchSetup, launchSetup } from '#src/launching/setup.js';
import { openJournal } from '#src/store/journal.js';
import { treeListName } from '#src/store/layout.js';
import { collectGarbage } from '#src/upkeep/gc.js';
import { readStatus } from '#src/upkeep/status.js';
import { verifyTrees } from '#src/upkeep/verify.js';
import { app, fs } from '../app-world.ts';
import { goodTree, type Workshop } from './store-maker.ts';

/** Runs a step that may fail, but only by a failure that says what it is. */
export const typed = async <T>(what: string, step: () => Promise<T>): Promise<T | StagedoorError> => {
  try {
    return await step();
  } catch (error) {
    if (error instanceof StagedoorError && error.blame === 'disk') return error;
    throw new Error(`${what} failed by ${String(error)}`, { cause: error });
  }
};

/** All files below a folder with their contents; links are named, not followed. */
export const contentsOf = (dir: string, below = ''): Map<string, string> => {
  const contents = new Map<string, string>();
  for (const name of readdirSync(path.join(dir, below))) {
    const inside = path.posix.join(below, name);
    const stats = lstatSync(path.join(dir, inside));
    if (stats.isDirectory()) for (const [file, text] of contentsOf(dir, inside)) contents.set(file, text);
    else contents.set(inside, stats.isFile() ? readFileSync(path.join(dir, inside), 'latin1') : 'no file');
  }
  return contents;
};

/** The oracle: every file that was staged is there with its bytes. The checks under test have no part in it. */
const missingBytes = (good: string, dir: string): string | null => {
  for (const [file, text] of contentsOf(good)) {
    if (file !== treeListName && readFileSync(path.join(dir, file), 'latin1') !== text) return file;
  }
  return null;
};

export const setupFor = (workshop: Workshop, store: string): LaunchSetup =>
  launchSetup({ package: app, bundled: workshop.bundled, store, probe: 'ipc' });

const attempts = 4;

/** As the launch chart goes on: the first candidate whose tree is accepted. */
const firstAccepted = async (effects: LaunchEffects): Promise<Candidate> => {
  const exclude: string[] = [];
  for (let left = attempts; left > 0; left -= 1) {
    const [candidate] = (await effects.resolve({ exclude })).candidates;
    if (candidate === undefined) break;
    try {
      await effects.checkTree(candidate);
      return candidate;
    } catch (error) {
      if (!(error instanceof StagedoorError)) throw error;
      if (error.code === 'TREE_DAMAGED') await typed('setting it aside', () => effects.quarantine(candidate));
      exclude.push(candidate.version);
    }
  }
  throw new Error(`nothing is left to launch after ${exclude.join(', ')}`);
};

const assertRight = (workshop: Workshop, setup: LaunchSetup, { role, version }: Candidate): void => {
  if (version === '1.0.0') return;
  const file = missingBytes(goodTree(workshop, version), setup.layout.version(version));
  if (file !== null) throw new Error(`${role} ${version} would be launched with another ${file}`);
};

/** Everything that a start does up to the spawn; gives back what it would launch. Throws for what P-06 forbids. */
export const inspectLaunch = async (workshop: Workshop, store: string): Promise<Candidate> => {
  const setup = setupFor(workshop, store);
  const effects = createLaunchEffects(setup, openJournal(fs, setup.layout));
  await typed('recovering', () => effects.recover());
  const candidate = await firstAccepted(effects);
  assertRight(workshop, setup, candidate);
  const attempt = await effects.openAttempt(candidate, new AbortController().signal);
  await typed('recording that it is ready', () => effects.recordReady({ candidate, attempt, natives: null }));
  return candidate;
};

/** What follows a start, and what a user may ask for. */
export const inspectUpkeep = async (
  workshop: Workshop,
  store: string,
  candidate: Candidate,
): Promise<void> => {
  const setup = setupFor(workshop, store);
  const { layout } = setup;
  await typed('the status', () => readStatus(fs, layout, setup));
  await typed('the explanation', () => explain(setup, null));
  await typed('verifying', () => verifyTrees(fs, layout));
  await afterStart(setup, candidate, openJournal(fs, layout));
  await typed('collecting', () => collectGarbage(fs, layout, setup));
};

/** What lies beside the store and must be there, byte for byte, whatever was done. */
export const assertOutside = (workshop: Workshop, planted: ReadonlyMap<string, string>): void => {
  const now = contentsOf(workshop.outside);
  for (const [file, text] of planted) {
    if (now.get(file) !== text) throw new Error(`${file} outside of the store is gone or changed`);
  }
};
