import type { Ecosystem } from '../../machines/contract.ts';
import type { Abi } from '../natives/abi.ts';
import { type Probe, probeAbi } from '../natives/probe.ts';

/** What of a plugin is compiled, and so bound to the executable that it was resolved for (P-34). */
export type Compiled = {
  /** ABI tag of that executable; null: it did not say. */
  readonly abi: string | null;
  /** Places of packages, and modules of Python, that did not fit even then: whoever brings them does without. */
  readonly unfit: readonly string[];
};

const compiledFile = /\.(?:node|so|pyd|dylib)$/i;

export const isCompiled = (file: string): boolean => compiledFile.test(file);

const kinds = { npm: 'node', python: 'python' } as const;

/** A Node may start a Python that has plugins of its own: of that one its executable says nothing. */
export const isLoadedBy = (ecosystem: Ecosystem, { kind }: Pick<Abi, 'kind'>): boolean =>
  kinds[ecosystem] === kind;

/** What the executable of a runtime loads, if it is of the kind that loads such plugins; null: nobody can say. */
export const abiFor = async (
  ecosystem: Ecosystem,
  exec: string,
  probe: Probe = probeAbi,
): Promise<Abi | null> => {
  const abi = await probe(exec);
  return abi !== null && isLoadedBy(ecosystem, abi) ? abi : null;
};
