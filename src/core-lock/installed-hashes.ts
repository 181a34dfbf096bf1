import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, readJson } from '../store/json-shape.ts';
import { bounds } from './bounds.ts';
import { isIntegrity } from './naming.ts';

export type HashOf = (place: string, name: string, version: string) => string | null;

const unknown: HashOf = () => null;

/** The folder of a place is the name, where the record has none of its own. */
const folderName = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 13);

const hashIn = (text: unknown): string | null =>
  (typeof text === 'string' && text.length < 1024 ? text.split(/\s+/) : []).find(isIntegrity) ?? null;

/**
 * The hashes of what npm installed, from the record that it leaves in `node_modules`; one counts only if the record names the
 * package and version that lie there. A record that is there and can't be read is an error: its hashes would vanish unseen.
 */
export const installedHashes = (fs: FileSystem, root: string): HashOf => {
  const shown = 'node_modules/.package-lock.json';
  const isModules = path.basename(root) === 'node_modules';
  const file = readJson(fs, path.join(isModules ? path.dirname(root) : root, shown), bounds.record);
  if (file.kind === 'absent') return unknown;
  if (file.kind === 'invalid')
    throw new StagedoorError('PACKAGE_INVALID', `${shown} is unreadable: ${file.reason}`, {
      hint: 'Install the dependencies anew, or remove the file: the lock is then made without hashes.',
    });
  const packages = asRecord(asRecord(file.value)?.packages) ?? {};
  return (place, name, version) => {
    const key = isModules ? `node_modules/${place}` : place;
    const entry = Object.hasOwn(packages, key) ? asRecord(packages[key]) : null;
    if (entry === null || entry.version !== version) return null;
    return (entry.name ?? folderName(key)) === name ? hashIn(entry.integrity) : null;
  };
};
