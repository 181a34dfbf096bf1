import semverValid from 'semver/functions/valid.js';
import gtr from 'semver/ranges/gtr.js';
import validRange from 'semver/ranges/valid.js';
import type { Incompatibility, ShellDemand } from '../../machines/contract.ts';
import { oneLine } from '../failure.ts';
import type { Demands } from '../registry/manifest.ts';
import { engineOf, isMet, longestDemand } from './compatibility.ts';

/** The shell around the runtime: its key in `engines` (undefined: nothing is compared), and its version, if it is known. */
export type ShellFacts = { readonly name: string | undefined; readonly version: string };

/** A demand on the shell that is not met. `tooNew`: no newer shell would meet it either. */
export type UnmetDemand = ShellDemand & { readonly tooNew: boolean };

const optionsOfRanges = { includePrerelease: true };

const isTooNew = (version: string | null, range: string): boolean =>
  version !== null &&
  range.length <= longestDemand &&
  validRange(range) !== null &&
  gtr(version, range, optionsOfRanges);

/** What a package asks of this shell and does not get, or null. A shell of unknown version gives nothing that is asked. */
export const shellDemand = (
  demands: Pick<Demands, 'engines'>,
  { name, version }: ShellFacts,
): UnmetDemand | null => {
  const range = name === undefined ? undefined : engineOf(demands, name);
  if (range === undefined || (range !== null && isMet(range, version))) return null;
  const known = semverValid(version);
  return {
    needs: oneLine(`${name} ${range ?? 'in a range that is no text'}`, longestDemand),
    shell: known ?? 'unknown',
    tooNew: range !== null && isTooNew(known, range),
  };
};

/** The same in the words of every other demand, for a shell that is too new. */
export const asIncompatibility = ({ needs, shell }: UnmetDemand, name = 'shell'): Incompatibility => ({
  field: 'engines',
  wanted: needs,
  actual: `${name} ${shell}`,
});
