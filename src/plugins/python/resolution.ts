import path from 'node:path';
import type { CoreLock } from '../../core-lock/core-lock.ts';
import { StagedoorError } from '../../failure.ts';
import { type Environment, runMark } from '../../natives/python/environment.ts';
import { installFailure } from '../../natives/python/install-failure.ts';
import { leftoverVariable, pipEnvironment, tetheredProgram } from '../../natives/python/installer.ts';
import type { PipFacts } from '../../natives/python/pip-facts.ts';
import { runAtLength } from '../../process/long-run.ts';
import type { Limits } from '../../staging/limits.ts';
import type { FileSystem } from '../../store/file-system.ts';
import type { Missing } from './demands.ts';
import { optionsOf, resolverArguments, type Terms, variablesOf, writeTerms } from './pip-terms.ts';
import { type PipReport, parseReport, reportQuestion } from './report.ts';
import { unsolvedFailure } from './unsolved.ts';
import { walk } from './walk.ts';

export type Workshop = {
  readonly fs: FileSystem;
  readonly exec: string;
  readonly env: Environment;
  readonly facts: PipFacts;
  readonly limits: Limits;
  /** A temporary folder, which is taken away afterwards. */
  readonly folder: string;
};

const outputTail = 2 ** 20;
const outputLimit = 64 * 2 ** 20;
const questionLimitMs = 60_000;

/** The first with a report of what it would install. */
export const assertReports = ({ version }: PipFacts): void => {
  const [major = 0, minor = 0] = version?.split('.').map(Number) ?? [];
  if (major > 22 || (major === 22 && minor >= 2)) return;
  throw new StagedoorError(
    'NATIVE_ABI_MISMATCH',
    `the interpreter has ${version === null ? 'no pip' : `pip ${version}`}, which can not say what a plugin needs`,
    { hint: 'Install pip 22.2 or later into it: `python -m pip install --upgrade pip`, or `-m ensurepip`.' },
  );
};

type Task = {
  readonly args: readonly string[];
  readonly more: Readonly<Record<string, string>>;
  readonly limitMs: number;
  readonly tail: number;
};

/** Ends with us, and takes the temporary folder away then. */
const runTethered = (
  { exec, env, folder, facts }: Workshop,
  { more, ...task }: Task,
  signal: AbortSignal,
) => {
  const variables = { ...pipEnvironment(facts, folder, env), ...more, [leftoverVariable]: folder };
  return runAtLength({ exec, ...task, env: variables, cwd: folder, mark: runMark, tethered: true }, signal);
};

/** Null: pip has written its report; else why there is no solution. Another fault is thrown. */
const runPip = async (
  run: Workshop,
  terms: Terms,
  requirements: readonly string[],
  signal: AbortSignal,
): Promise<StagedoorError | null> => {
  const { limits, folder } = run;
  const report = path.join(folder, 'report.json');
  const what = ['install', '--dry-run', '--report', report, '-vv', '--only-binary', ':all:'];
  const args = [...resolverArguments, ...what, ...optionsOf(terms, folder), ...requirements];
  const more = variablesOf(terms, folder);
  const task = { args, more, limitMs: limits.downloadMs, tail: outputTail };
  const end = await runTethered(run, task, signal);
  if (end.kind === 'timed-out') throw new StagedoorError('DOWNLOAD_STALLED', 'pip did not end in time');
  if (end.code === 0) return null;
  const unsolved = unsolvedFailure(end.output);
  if (unsolved === null) throw installFailure('pip', end.output);
  return unsolved;
};

const readReport = async (run: Workshop, signal: AbortSignal): Promise<PipReport> => {
  const question = path.join(run.folder, 'report.json');
  const end = await runTethered(
    run,
    {
      args: ['-I', '-B', '-c', tetheredProgram(reportQuestion)],
      more: { STAGEDOOR_QUESTION: question },
      limitMs: questionLimitMs,
      tail: outputLimit,
    },
    signal,
  );
  return parseReport(end.code === 0 ? (end.output.trim().split('\n').at(-1) ?? '') : '');
};

export type Resolution = {
  readonly report: PipReport;
  /** Why there is no solution under the lock; null: this is one. */
  readonly unsolved: StagedoorError | null;
};

export type Wanted = {
  /** The plugin, as pip is asked for it. */
  readonly requirement: string;
  /** What a report lacks of what the plugin leads to. */
  readonly missingOf: (report: PipReport) => readonly Missing[];
};

/** As if there were no runtime; where even that has no solution, or the index lacks what is locked, each by itself. */
const withoutLock = async (
  run: Workshop,
  { requirement, missingOf }: Wanted,
  signal: AbortSignal,
): Promise<PipReport | null> => {
  if ((await runPip(run, 'free', [requirement], signal)) === null) return readReport(run, signal);
  const ask = async (requirements: readonly string[]) =>
    (await runPip(run, 'alone', requirements, signal)) === null ? readReport(run, signal) : null;
  return walk(ask, requirement, missingOf);
};

/**
 * What would come with a requirement: under the lock, as other plugins have it where it can, with older versions where the newest do not fit; where nothing fits, without
 * it, to be told who asks for what. Rejects where even that is not to be had.
 */
export const resolveWithPip = async (
  workshop: Workshop,
  wanted: Wanted,
  lock: CoreLock,
  others: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Resolution> => {
  writeTerms(workshop.fs, workshop.folder, lock, others);
  // Where it can't agree with other plugins, what it would bring is to be told with what they bring.
  if (others.size > 0 && (await runPip(workshop, 'beside', [wanted.requirement], signal)) === null)
    return { report: await readReport(workshop, signal), unsolved: null };
  const unsolved = await runPip(workshop, 'locked', [wanted.requirement], signal);
  if (unsolved === null) return { report: await readReport(workshop, signal), unsolved };
  const report = await withoutLock(workshop, wanted, signal);
  if (report === null) throw unsolved;
  return { report, unsolved };
};
