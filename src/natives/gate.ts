import type { Abi } from './abi.ts';
import type { Offer } from './offer.ts';
import { verdictOn } from './verdict.ts';

/** One folder of a search path, and what it has of a package; null: nothing, or the entry is blank or not absolute. */
export type SearchEntry = { readonly folder: string; readonly offer: Offer | null };

export type Gate =
  | { readonly open: true; readonly folder: string; readonly file: string }
  /** `sentence` says what to do, with the command (N-09). */
  | { readonly open: false; readonly sentence: string };

const quoted = (text: string): string => (/^[\w@%+=:,./\\-]+$/.test(text) ? text : JSON.stringify(text));

const closed = (name: string, abi: Abi, has: readonly string[], exec: string): Gate => {
  const instead = has.length === 0 ? '' : ` (there is: ${[...new Set(has)].join(', ')})`;
  const command = `stagedoor natives ensure ${quoted(name)} --exec ${quoted(exec)}`;
  return { open: false, sentence: `Nothing of ${name} is for ${abi.tag}${instead}: run \`${command}\`.` };
};

/**
 * Is there, anywhere on the search path, a compiled file of the package for *this* runtime (N-07)? What nobody can say counts
 * as no: whoever wants to know proves it by loading.
 */
export const gateFor = (
  { name, abi, exec }: { readonly name: string; readonly abi: Abi; readonly exec: string },
  entries: readonly SearchEntry[],
): Gate => {
  const has: string[] = [];
  for (const { folder, offer } of entries) {
    if (offer === null) continue;
    const verdict = verdictOn(offer, abi);
    if ('file' in verdict && verdict.kind !== 'unknown') return { open: true, folder, file: verdict.file };
    if (verdict.kind === 'does-not-fit') has.push(...verdict.has);
  }
  return closed(name, abi, has, exec);
};
