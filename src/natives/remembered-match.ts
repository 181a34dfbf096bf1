import type { NativePlace, NativesOutcome } from '../../machines/contract.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { NativeDependency } from './dependency.ts';
import type { FitMemory } from './fit-memory.ts';
import { type NodeStart, nearestPackage } from './module-folders.ts';

export type Remembering = {
  readonly fs: FileSystem;
  readonly memory: FitMemory;
  readonly natives: readonly NativeDependency[];
  /** Where Node begins to look for what the runtime asks for; null: there is no such place. */
  readonly start: NodeStart | null;
};

type Known = { readonly tag: string; readonly place: NativePlace };

/** The copy that Node would load decides; only where there is none may the bundle's be led to. */
const knownPlace = ({ name, dir }: NativeDependency, { fs, memory, start }: Remembering): Known | null => {
  const own = start === null ? null : nearestPackage(fs, start, name);
  const copy = own ?? dir;
  const tag = copy === null ? null : memory.recallOwn(name, copy);
  return tag === null ? null : { tag, place: { name, from: own === null ? 'bundle' : 'own' } };
};

/**
 * What an earlier launch on our own executable has found, if nothing that it found has changed: the executable, each copy that
 * would be loaded, its place and its file. Null: it has to be looked at. No promise and no question to anybody, because almost
 * every launch comes this way, and it must not cost it a millisecond.
 */
export const rememberedMatch = (remembering: Remembering): NativesOutcome | null => {
  const places: NativePlace[] = [];
  let tag: string | null = null;
  for (const native of remembering.natives) {
    const known = knownPlace(native, remembering);
    if (known === null) return null;
    tag = known.tag;
    places.push(known.place);
  }
  return { kind: 'matched', tag, places, tree: null, failure: null, fault: null };
};
