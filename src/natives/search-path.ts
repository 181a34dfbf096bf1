import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import type { Abi } from './abi.ts';
import type { SearchEntry } from './gate.ts';
import type { Offer } from './offer.ts';
import { readModule, readOffer } from './offer-reader.ts';

const npmName = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i;

const lookIn = (fs: FileSystem, folder: string, name: string, abi: Abi): Offer | null => {
  // A blank entry means the current folder to a loader, and a relative one depends on it: neither is a place.
  if (folder.trim() === '' || !path.isAbsolute(folder)) return null;
  if (abi.kind === 'python') return readModule(fs, folder, name.replaceAll('-', '_'));
  return npmName.test(name) && !name.includes('..')
    ? readOffer(fs, path.join(folder, ...name.split('/')))
    : null;
};

/** What each folder of a search path has of a package: folders like `node_modules` for Node, like `site-packages` for Python. */
export const readSearchPath = (
  fs: FileSystem,
  { name, abi }: { readonly name: string; readonly abi: Abi },
  searchPath: readonly string[],
): readonly SearchEntry[] => searchPath.map(folder => ({ folder, offer: lookIn(fs, folder, name, abi) }));
