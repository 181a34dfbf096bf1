import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import { runAtLength } from '../process/long-run.ts';
import { runShortly } from '../process/short-run.ts';
import { defaultLimits } from '../staging/limits.ts';
import { asArray, asRecord, asText, parseJson } from '../store/json-shape.ts';
import { type ArchiveName, archiveName } from './python/archive-name.ts';
import { runMark } from './python/environment.ts';
import { indexQuestion } from './python/index-question.ts';
import { installFailure } from './python/install-failure.ts';
import { assertPip, pipCommand, pipEnvironment } from './python/installer.ts';
import { askPip, type PipFacts } from './python/pip-facts.ts';
import { normalized } from './python/requirements.ts';

export type PythonPinning = {
  /** The interpreter that is asked what the package needs. */
  readonly exec: string;
  /** Pin sources, too: the app allows a build. */
  readonly build?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** `NAME@VERSION` and the hashes of every archive that may be taken, separated by blanks: what `install` of an app holds. */
export type PythonPins = Readonly<Record<string, string>>;

const outputTail = 256 * 1024;
const outputLimit = 16 * 2 ** 20;
const questionLimitMs = 120_000;

type Workshop = { readonly exec: string; readonly folder: string; readonly facts: PipFacts };

/** pip itself says what is needed: it takes everything into a folder, by the rules of this interpreter. */
const resolve = async (
  { exec, folder, facts }: Workshop,
  spec: ArchiveName,
  { build = false, signal = new AbortController().signal }: PythonPinning,
): Promise<readonly ArchiveName[]> => {
  const format = build ? ['--prefer-binary'] : ['--only-binary', ':all:'];
  const into = path.join(folder, 'archives');
  const args = [
    ...pipCommand('download', facts),
    '-vv',
    ...format,
    '-d',
    into,
    `${spec.name}==${spec.version}`,
  ];
  const run = { exec, args, env: pipEnvironment(facts, folder), cwd: folder, mark: runMark, tethered: true };
  const end = await runAtLength({ ...run, limitMs: defaultLimits.downloadMs, tail: outputTail }, signal);
  if (end.kind !== 'ended' || end.code !== 0) throw installFailure('pip', end.output);
  return readdirSync(into).flatMap(file => archiveName(file) ?? []);
};

type Place = { readonly kind: 'index' | 'links'; readonly at: string };

const split = (text: string | undefined): readonly string[] =>
  (text ?? '').split(/\s+/).filter(part => part !== '');

/** Where pip would look, in its order. */
const placesOf = ({ settings, usualIndex }: PipFacts): readonly Place[] => {
  const { 'index-url': index = usualIndex ?? '', 'extra-index-url': more, 'find-links': links } = settings;
  const noIndex = /^(?:1|y|yes|t|true|on)$/i.test(settings['no-index'] ?? '');
  const indexes = noIndex ? [] : [...split(index), ...split(more)];
  return [
    ...indexes.map(at => ({ kind: 'index' as const, at })),
    ...split(links).map(at => ({ kind: 'links' as const, at })),
  ];
};

/** All hashes of what is needed, from every place that is asked; in one question. */
const announced = async (
  { exec, folder, facts }: Workshop,
  packages: readonly ArchiveName[],
  wheels: boolean,
): Promise<Readonly<Record<string, unknown>>> => {
  const { cert = null, proxy = null } = facts.settings;
  const asked = JSON.stringify({ packages, wheels, places: placesOf(facts), cert, proxy });
  const end = await runShortly({
    exec,
    args: ['-I', '-B', '-c', indexQuestion],
    env: { ...pipEnvironment(facts, folder), STAGEDOOR_QUESTION: asked },
    cwd: folder,
    limitMs: questionLimitMs,
    outputLimit,
  });
  const answer = end?.kind === 'ended' && end.code === 0 ? asRecord(parseJson(end.stdout)) : null;
  if (answer === null)
    throw new StagedoorError('REGISTRY_MALFORMED', 'the package index has no answer that can be read');
  return answer;
};

const troubleOf = (trouble: unknown): StagedoorError =>
  trouble === 401 || trouble === 403
    ? new StagedoorError('REGISTRY_REFUSED', 'the package index refuses the request')
    : new StagedoorError('REGISTRY_UNREACHABLE', 'a package index could not be asked for all archives');

const pinsOf = (answer: Readonly<Record<string, unknown>>): PythonPins => {
  if (answer.trouble !== null) throw troubleOf(answer.trouble);
  const pins = asArray(answer.packages).map((each): readonly [string, string] => {
    const { name, version, hashes } = asRecord(each) ?? {};
    const known = asArray(hashes).filter(hash => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash));
    const spec = `${asText(name)}@${asText(version)}`;
    if (known.length === 0)
      throw new StagedoorError('UNTRUSTED', `the package index announces no sha256 of ${spec}`);
    return [spec, known.map(hash => `sha256:${String(hash)}`).join(' ')];
  });
  return Object.fromEntries(pins);
};

const specOf = (spec: string): ArchiveName => {
  const [, name, version] = /^([a-z0-9][\w.-]*?)(?:==|@)(\d[\w.!+]*)$/i.exec(spec) ?? [];
  if (name === undefined || version === undefined)
    throw new StagedoorError('VERSION_UNKNOWN', `${JSON.stringify(spec)} is not NAME==VERSION`, {
      hint: 'Name one version exactly.',
    });
  return { name, version };
};

/**
 * The pins for a Python package and all that this interpreter needs with it: the hash of every archive of those versions, for
 * whichever interpreter. From the user's index and folders; rejects with a `StagedoorError`.
 */
export const pinPython = async (spec: string, pinning: PythonPinning): Promise<PythonPins> => {
  const { exec, build = false, signal } = pinning;
  const wanted = specOf(spec);
  const facts = await askPip(exec);
  assertPip(facts.version, exec);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stagedoor-pins-'));
  try {
    const workshop = { exec, folder, facts };
    const needed = await resolve(workshop, wanted, pinning);
    const isWanted = ({ name }: ArchiveName): boolean => normalized(name) === normalized(wanted.name);
    const packages = [wanted, ...needed.filter(each => !isWanted(each))];
    const answer = await announced(workshop, packages, !build);
    signal?.throwIfAborted();
    return pinsOf(answer);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
