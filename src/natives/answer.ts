import { asArray, asRecord, type JsonRecord, parseJson } from '../store/json-shape.ts';
import { type Abi, type Libc, nodeAbi, pythonAbi } from './abi.ts';
import type { RuntimeKind } from './question.ts';

/** What an executable said. `executable` is the file that really answered, in its own words. */
export type Answer = { readonly abi: Abi; readonly executable: string | null };

/** Characters of a whole answer: ours has some hundred. */
const longestAnswer = 8192;

/** Names become parts of folder names and of sentences: nothing else may be in them. Of marks there is one between two words. */
const patterns = {
  name: /^(?=.{1,20}$)[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/,
  count: /^\d{1,6}$/,
  version: /^\d{1,4}(?:\.\d{1,5}){1,2}[\w.+-]{0,60}$/,
  soabi: /^(?=.{1,80}$)[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/i,
  suffix: /^(?:\.[\w-]{1,80}){1,2}$/,
} as const;

type Reader = {
  readonly must: (key: string, pattern: keyof typeof patterns) => string;
  readonly may: (key: string, pattern: keyof typeof patterns) => string | null;
};

/** Not a failure of anything: the sign that an answer is none. */
class NoAnswer extends Error {}

/** Numbers are taken as texts: both ways are in use. */
const textOf = (value: unknown): string | null => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
};

const readerOf = (record: JsonRecord): Reader => {
  const may: Reader['may'] = (key, pattern) => {
    const value = Object.hasOwn(record, key) ? record[key] : null;
    if (value === null || value === '') return null;
    const text = textOf(value);
    if (text === null || !patterns[pattern].test(text)) throw new NoAnswer(key);
    return text;
  };
  const must: Reader['must'] = (key, pattern) => {
    const text = may(key, pattern);
    if (text === null) throw new NoAnswer(key);
    return text;
  };
  return { must, may };
};

const libcOf = (record: JsonRecord, platform: string): Libc | null => {
  if (platform !== 'linux') return null;
  if (record.libc === 'glibc' || record.libc === 'musl') return record.libc;
  throw new NoAnswer('libc');
};

const nodeOf = (record: JsonRecord): Abi => {
  const { must, may } = readerOf(record);
  const platform = must('platform', 'name');
  const napi = may('napi', 'count');
  return nodeAbi({
    platform,
    arch: must('arch', 'name'),
    libc: libcOf(record, platform),
    node: may('node', 'version'),
    electron: may('electron', 'version'),
    modules: must('modules', 'count'),
    napi: napi === null ? null : Number(napi),
    uv: may('uv', 'version')?.split('.')[0] ?? null,
    armv: may('armv', 'count'),
  });
};

const wideNames: Readonly<Record<string, string>> = {
  x86_64: 'x64',
  amd64: 'x64',
  aarch64: 'arm64',
  arm64: 'arm64',
};

/** `platform.machine()` names the processor, also in a 32-bit interpreter on a 64-bit machine. */
const archOf = (machine: string, wide: boolean): string => {
  const name = machine.toLowerCase();
  if (wide) return wideNames[name] ?? name;
  if (/^(?:x86_64|amd64|i[3-6]86|x86)$/.test(name)) return 'ia32';
  return /^(?:aarch64|arm64|armv?\w*)$/.test(name) ? 'arm' : name;
};

const suffixesOf = (value: unknown): readonly string[] => {
  const list = asArray(value);
  const texts = list.filter((item): item is string => typeof item === 'string' && patterns.suffix.test(item));
  if (texts.length === 0 || texts.length > 16 || texts.length !== list.length) throw new NoAnswer('suffixes');
  return texts;
};

/** Its first suffix names its SOABI on every system; `sysconfig` does not on Windows. A cache tag lacks the flags. */
const soabiOf = (suffixes: readonly string[], cacheTag: string | null): string => {
  const soabi = /^\.([^.]+)\.(?:so|pyd)$/.exec(suffixes[0] ?? '')?.[1] ?? cacheTag;
  if (soabi === null || !patterns.soabi.test(soabi)) throw new NoAnswer('soabi');
  return soabi;
};

const pythonOf = (record: JsonRecord): Abi => {
  const { must, may } = readerOf(record);
  const platform = must('platform', 'name');
  const suffixes = suffixesOf(record.suffixes);
  return pythonAbi({
    platform,
    arch: archOf(must('machine', 'soabi'), record.wide === true),
    libc: libcOf(record, platform),
    implementation: must('implementation', 'name'),
    version: must('version', 'version'),
    soabi: soabiOf(suffixes, may('cacheTag', 'soabi')),
    suffixes,
  });
};

/** An answer as a file or a process gave it; null for whatever is odd, never an error (N-01). */
export const readAnswer = (kind: RuntimeKind, text: string): Answer | null => {
  if (text.length > longestAnswer) return null;
  const record = asRecord(parseJson(text));
  if (record === null) return null;
  try {
    const { executable } = record;
    return {
      abi: kind === 'node' ? nodeOf(record) : pythonOf(record),
      executable: typeof executable === 'string' ? executable : null,
    };
  } catch (error) {
    if (error instanceof NoAnswer) return null;
    throw error;
  }
};

/** The same answer without the path in it, to be kept (P-16). */
export const withoutPlace = (text: string): string =>
  JSON.stringify({ ...asRecord(parseJson(text)), executable: undefined });
