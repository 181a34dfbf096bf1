import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

const describe = (place: string): string => {
  const stats = lstatSync(place);
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isFile()) return `file ${mode} ${stats.size} ${sha256(readFileSync(place))}`;
  if (stats.isDirectory()) return `folder ${mode}`;
  return stats.isSymbolicLink() ? `link ${readlinkSync(place)}` : `special ${mode}`;
};

/** Everything below a folder by its relative path: kind, rights, and what it holds. `skip` leaves out a path and what is below. */
export const fingerprint = (
  dir: string,
  skip: (relative: string) => boolean = () => false,
): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  const walk = (below: string): void => {
    for (const name of readdirSync(path.join(dir, below)).sort()) {
      const relative = below === '' ? name : `${below}/${name}`;
      if (skip(relative)) continue;
      const place = path.join(dir, relative);
      found[relative] = describe(place);
      if (lstatSync(place).isDirectory()) walk(relative);
    }
  };
  walk('');
  return found;
};

/** The files below a folder that hold a text, in whatever form they are. */
export const filesWith = (dir: string, text: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .filter(file => readFileSync(file).includes(text));
