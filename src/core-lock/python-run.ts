import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonEnvironment } from '../natives/python/environment.ts';
import { runShortly } from '../process/short-run.ts';
import { nodeFileSystem } from '../store/file-system.ts';
import { asArray, asRecord, asText, parseJson } from '../store/json-shape.ts';
import type { LockedPackage } from './core-lock.ts';
import {
  assertCount,
  type DistributionFacts,
  isDistribution,
  lockedDistributions,
} from './python-distribution.ts';
import { pythonLimits } from './python-limits.ts';
import { namespacesIn } from './python-namespaces.ts';
import { notStarted, type PythonRun, runFailure, unusable } from './python-run-failure.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

/** This module is below `dist/src/core-lock`; the script is shipped as it is. */
const shippedScript = path.resolve(here, '../../../src/core-lock/python/read_distributions.py');

export type PythonQuestion = {
  /** The interpreter. */
  readonly exec: string;
  /** The `site-packages` that is read. */
  readonly dir: string;
  /** Milliseconds until the interpreter is killed. */
  readonly limitMs?: number;
  readonly script?: string;
};

const outputLimit = 256 * 2 ** 20;
const defaultLimitMs = 60_000;

const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';

const factsOf = (value: unknown): DistributionFacts | null => {
  const { place, name, version, declared, files } = asRecord(value) ?? {};
  const paths = asArray(files).map(asText);
  const known = paths.filter(file => file !== null);
  if (typeof place !== 'string' || !Array.isArray(files) || known.length !== paths.length) return null;
  if (![name, version, declared].every(isTextOrNull)) return null;
  const trimmed = { name: asText(name)?.trim() ?? null, version: asText(version)?.trim() ?? null };
  return { place, ...trimmed, declared: asText(declared), files: () => known };
};

/** What was printed, as facts; nothing in it is believed before it was looked at. */
const readBack = (run: PythonRun, output: string): readonly DistributionFacts[] => {
  if (output.trim() === '') throw unusable(run, 'printed no result');
  const list = asRecord(parseJson(output))?.distributions;
  if (!Array.isArray(list)) throw unusable(run, 'printed something that is no result');
  const facts = list.map(factsOf);
  const found = facts.filter(one => one !== null);
  if (found.length !== facts.length) throw unusable(run, 'printed a distribution that is none');
  return found.filter(({ place }) => isDistribution(place));
};

/** Isolated and without `site`: no `.pth`, start-up file or variable of anybody runs code or changes what is found. */
const argumentsOf = (script: string, dir: string): readonly string[] => {
  const limits = [pythonLimits.metadata, pythonLimits.list].map(String);
  return ['-I', '-S', '-B', script, dir, ...limits];
};

/**
 * The same as `readPythonTree`, by the interpreter's own `importlib.metadata` (Python 3.8 and later; older ones refuse). Nothing of
 * the folder runs. Rejects with SPAWN_FAILED where it can't be started, else BUNDLED_INVALID: it ended with an exit code, by
 * a signal, too late, or printed nothing that can be used (K-03).
 */
export const readPythonByRunning = async ({
  exec,
  dir,
  limitMs = defaultLimitMs,
  script = shippedScript,
}: PythonQuestion): Promise<readonly LockedPackage[]> => {
  const run = { exec, script };
  const args = argumentsOf(script, path.resolve(dir));
  const end = await runShortly({ exec, args, env: pythonEnvironment(), limitMs, outputLimit });
  if (end === null) throw notStarted(run);
  const failure = runFailure(run, end);
  if (failure !== null) throw failure;
  const found = readBack(run, end.stdout);
  assertCount(found.length);
  return lockedDistributions(found, namespacesIn(nodeFileSystem, path.resolve(dir)));
};
