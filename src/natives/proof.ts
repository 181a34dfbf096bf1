import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { childEnvironment } from '../process/environment.ts';
import { runShortly, type ShortEnd } from '../process/short-run.ts';
import { nodeFileSystem as fs } from '../store/file-system.ts';
import { asText, parseJson } from '../store/json-shape.ts';
import { withoutPaths } from '../without-paths.ts';
import { loadingIn } from './loading.ts';
import { type Probe, probeAbi } from './probe.ts';
import { orNull } from './tolerant-look.ts';

/** What came of loading: `reason` is one line without paths; `signal` is what ended the child, if one did. */
export type Proof =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly signal: NodeJS.Signals | null };

export type ProofOptions = {
  readonly probe?: Probe | undefined;
  /** Milliseconds that loading may take. */
  readonly limitMs?: number | undefined;
};

const loadingLimitMs = 15_000;
const outputLimit = 2 ** 20;

const failed = (reason: string, signal: NodeJS.Signals | null = null): Proof => ({
  ok: false,
  reason: withoutPaths(reason),
  signal,
});

const unspoken = ({ kind, code, signal }: ShortEnd): Proof => {
  if (kind === 'timed-out') return failed('it did not load in time');
  if (kind === 'flooded') return failed('it prints without end');
  return signal === null
    ? failed(`it ended the process with code ${code}`)
    : failed(`it ended by ${signal}`, signal);
};

const proofOf = (end: ShortEnd, word: string): Proof => {
  const told = end.stdout.lastIndexOf(`\n${word}`);
  if (told === -1 || end.kind !== 'ended' || end.code !== 0) return unspoken(end);
  const problem = parseJson(end.stdout.slice(told + word.length + 1));
  return problem === null ? { ok: true } : failed(asText(problem) ?? 'it gave no reason');
};

const inside = (text: string, target: string): string => text.replaceAll(target, path.basename(target));

/**
 * Loads a compiled file, or a package by its folder, in a child of the executable that is to run it, and in no other process:
 * a damaged file ends whoever maps it (P-10). Never rejects.
 */
export const proveNative = async (
  exec: string,
  target: string,
  { probe = probeAbi, limitMs = loadingLimitMs }: ProofOptions = {},
): Promise<Proof> => {
  const place = path.resolve(target);
  const stats = orNull(() => fs.statSync(place));
  if (stats === null || !(stats.isFile() || stats.isDirectory()))
    return failed(`there is no ${path.basename(place)}`);
  const abi = await probe(exec);
  if (abi === null) return failed('the executable is no Node and no Python');
  const word = randomUUID();
  const what = stats.isFile() ? 'file' : 'package';
  const end = await runShortly({
    exec,
    args: [...loadingIn[abi.kind], what, place, word],
    env: childEnvironment(process.env, { entry: '', attempt: '', version: '', electron: true }),
    cwd: stats.isFile() ? path.dirname(place) : place,
    limitMs,
    outputLimit,
  });
  if (end === null) return failed('the executable can not be started');
  const stdout = [place, fs.realpathSync(place)].reduce(inside, end.stdout);
  return proofOf({ ...end, stdout }, word);
};
