import fs from 'node:fs';
import path from 'node:path';
import { childEnvironment } from '../process/environment.ts';
import { runShortly } from '../process/short-run.ts';
import { nodeFileSystem } from '../store/file-system.ts';
import type { Abi, NodeAbi } from './abi.ts';
import { type AbiMemory, createAbiMemory } from './abi-memory.ts';
import { type Answer, readAnswer, withoutPlace } from './answer.ts';
import { cacheFolder } from './cache-folder.ts';
import { type ExecutableFile, locateExecutable, markOf } from './executable-file.ts';
import { ownAbi } from './own-abi.ts';
import { questionTo, type RuntimeKind } from './question.ts';
import { runtimeKind } from './runtime-kind.ts';

/**
 * Asks an executable what it loads. Null for whatever is odd, never an error (N-01). `kind`: what the caller knows it to be, by
 * an Electron's fuses for one; without it, name and content decide whether it may be asked at all.
 */
export type Probe = (exec: string, kind?: RuntimeKind) => Promise<Abi | null>;

export type ProbeOptions = {
  readonly memory: AbiMemory;
  /** Milliseconds that an executable has for its answer. */
  readonly limitMs?: number | undefined;
};

const answerLimitMs = 10_000;
const outputLimit = 64 * 1024;

const ask = async (kind: RuntimeKind, exec: string, limitMs: number): Promise<string | null> => {
  const env = childEnvironment(process.env, { entry: '', attempt: '', version: '', electron: true });
  const end = await runShortly({ exec, args: questionTo[kind], env, limitMs, outputLimit });
  return end?.kind === 'ended' && end.code === 0 ? end.stdout.trim() : null;
};

/**
 * A version manager's script hands over to another file, chosen by folder and variables: its own size and time say nothing
 * of the answer, so only what a file says of itself is kept.
 */
const isOfItself = ({ executable }: Answer, { real }: ExecutableFile): boolean => {
  try {
    return executable !== null && path.isAbsolute(executable) && fs.realpathSync(executable) === real;
  } catch {
    return false;
  }
};

/** A probe with a memory of its own: one question at a time to a file, none to one that has answered. */
export const createProbe = ({ memory, limitMs = answerLimitMs }: ProbeOptions): Probe => {
  const known = new Map<string, Abi>();
  const asking = new Map<string, Promise<Abi | null>>();

  const askFile = async (file: ExecutableFile, mark: string, told?: RuntimeKind): Promise<Abi | null> => {
    const kind = told ?? (await runtimeKind(file));
    const text = kind === null ? null : await ask(kind, file.called, limitMs);
    const answer = kind === null || text === null ? null : readAnswer(kind, text);
    // A silence may be the machine's fault (a timeout under load): it is asked again next time.
    if (kind === null || text === null || answer === null) return null;
    if (isOfItself(answer, file)) {
      known.set(mark, answer.abi);
      memory.keep({ mark, kind, text: withoutPlace(text) });
    }
    return answer.abi;
  };

  const askOnce = async (file: ExecutableFile, mark: string, told?: RuntimeKind): Promise<Abi | null> => {
    const key = `${mark}\n${told ?? ''}\n${file.called}`;
    const answer = asking.get(key) ?? askFile(file, mark, told);
    asking.set(key, answer);
    try {
      return await answer;
    } finally {
      asking.delete(key);
    }
  };

  const remembered = (mark: string): Abi | null => {
    const abi = known.get(mark) ?? memory.recall(mark);
    if (abi !== null) known.set(mark, abi);
    return abi;
  };

  return async (exec, kind) => {
    try {
      if (exec === process.execPath) return ownAbi();
      const file = locateExecutable(exec);
      if (file === null) return null;
      if (file.real === fs.realpathSync(process.execPath)) return ownAbi();
      const mark = markOf(file);
      return remembered(mark) ?? (await askOnce(file, mark, kind));
    } catch {
      return null;
    }
  };
};

let memory: AbiMemory | undefined;

const ownMemory = (): AbiMemory => {
  memory ??= createAbiMemory(nodeFileSystem, path.join(cacheFolder(), 'executables.json'));
  return memory;
};

let probe: Probe | undefined;

/**
 * What the executable loads, in its own words; null for whatever is odd (no runtime at all, no answer in 10 s). Our own
 * executable is not started for it (N-02); an answer is remembered, by later processes too, until the file changes. A
 * venv's Python is a link to the base one: another search path, but the same ABI, so one answer serves both.
 */
export const probeAbi: Probe = (exec, kind) => {
  probe ??= createProbe({ memory: ownMemory() });
  return probe(exec, kind);
};

/** What the executable once said of itself; null where it was never asked, or has changed. Starts nothing. */
export const recallAbi = (exec: string): Abi | null => {
  try {
    const file = locateExecutable(exec);
    if (file === null) return null;
    return file.real === fs.realpathSync(process.execPath) ? ownAbi() : ownMemory().recall(markOf(file));
  } catch {
    return null;
  }
};

/** The same of what runs an npm package: a Node or an Electron; null for all else. */
export const probeNode = async (exec: string, kind?: 'node'): Promise<NodeAbi | null> => {
  const abi = await probeAbi(exec, kind);
  return abi?.kind === 'node' ? abi : null;
};
