import { entryFile } from '../store/entry.ts';
import { type Pointer, readPointer } from '../store/pointer.ts';
import type { StagingSession } from './session.ts';

/** The pointer, if what it names could be launched: a stale one counts as none (S-04). */
export const livePointer = ({ fs, layout, options }: StagingSession): Pointer | null => {
  const state = readPointer(fs, layout, options.entry);
  if (state.kind !== 'valid') return null;
  const entry = entryFile(fs, layout.version(state.pointer.version), options.entry);
  return entry === null ? null : state.pointer;
};
