import path from 'node:path';
import { diskFailure, hasErrno, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, type JsonRecord, parseJson } from '../store/json-shape.ts';
import { readSmallFile, type SmallFile } from '../store/small-file.ts';
import { bounds } from './bounds.ts';
import { isPackageName, isVersion } from './naming.ts';

/** What a `package.json` says, as far as it matters here. */
export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly main: unknown;
  /** Undefined where there is none: then every file can be imported. */
  readonly exports: unknown;
  readonly imports: unknown;
  /** What the package says to us: `"stagedoor": {…}`. */
  readonly stagedoor: unknown;
};

/** `none`: no package is there. `unfit`: one is, and it can't be locked (K-02). */
export type ManifestReading =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'none' }
  | { readonly kind: 'unfit'; readonly reason: string };

const look = (fs: FileSystem, file: string, shown: string): SmallFile => {
  try {
    return readSmallFile(fs, file, bounds.manifest);
  } catch (error) {
    // A link that leads nowhere or to itself, and a file where a folder was meant, hold no package for anybody.
    if (hasErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return { kind: 'absent' };
    throw diskFailure(error, `read ${shown}`);
  }
};

const unfit = (reason: string): ManifestReading => ({ kind: 'unfit', reason });

const fromRecord = (record: JsonRecord): ManifestReading => {
  const own = (key: string): unknown => (Object.hasOwn(record, key) ? record[key] : undefined);
  const [name, version] = [own('name'), own('version')];
  if (!isPackageName(name)) return unfit(name === undefined ? 'it has no name' : 'its name is none');
  if (!isVersion(version)) return unfit(version === undefined ? 'it has no version' : 'its version is none');
  const [main, exports, imports] = [own('main'), own('exports'), own('imports')];
  return {
    kind: 'manifest',
    manifest: { name, version, main, exports, imports, stagedoor: own('stagedoor') },
  };
};

/**
 * The manifest in a folder; `place` names it in messages. One that is no JSON, or has no name or version, is unfit. One that
 * can't be read, is too large or no regular file is an error: a package may hide behind it.
 */
export const readManifest = (fs: FileSystem, dir: string, place: string): ManifestReading => {
  const shown = `${place}/package.json`;
  const file = look(fs, path.join(dir, 'package.json'), shown);
  if (file.kind === 'absent') return { kind: 'none' };
  if (file.kind === 'odd')
    throw new StagedoorError('PACKAGE_INVALID', `${shown} can't be read: ${file.reason}`);
  const record = asRecord(parseJson(file.text.replace(/^\uFEFF/, '')));
  return record === null ? unfit('its package.json is no JSON object') : fromRecord(record);
};
