import {
  type LoopbackRegistry,
  makePackage,
  type PackedPackage,
  runtimePackage,
  writeRuntime,
} from '#src/testing/index.js';
import type { Scratch } from './scratch.ts';

/** What all rows share. */
export type Bench = {
  readonly scratch: Scratch;
  readonly registry: LoopbackRegistry;
  /** How often a figure is taken. */
  readonly runs: number;
  /** How many pairs at most are taken to tell where a ratio lies. */
  readonly pairs: number;
  readonly say: (line: string) => void;
};

/** A package that is published in an old and a new version, and the bundled runtime of the old one. */
export type Subject = {
  readonly label: string;
  readonly name: string;
  readonly bundled: string;
  /** `old`: what is bundled is the newest. */
  readonly announce: (which: 'old' | 'new') => void;
};

const bundledVersion = '0.0.1';

export const publishSubject = (
  { scratch, registry }: Bench,
  label: string,
  packed: PackedPackage,
): Subject => {
  const { name, version } = packed;
  const source = runtimePackage({ name, version: bundledVersion });
  const bundled = scratch.folder();
  writeRuntime(bundled, source);
  registry.publish(makePackage(source));
  registry.publish(packed);
  return {
    label,
    name,
    bundled,
    announce: which => registry.tag(name, 'latest', which === 'old' ? bundledVersion : version),
  };
};

/** Gives the work an empty folder and removes it afterwards, outside of every measured time. */
export const inFolder = async <Result>(
  { scratch }: Bench,
  work: (folder: string) => Promise<Result>,
): Promise<Result> => {
  const folder = scratch.folder();
  try {
    return await work(folder);
  } finally {
    scratch.remove(folder);
  }
};
