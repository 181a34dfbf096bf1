import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Layout, treeListName } from '#src/store/layout.js';

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Names that are made of chance: owners, attempts, leases, what lies in the trash. */
const plainName = (name: string): string =>
  name
    .replace(/\d+-[a-z0-9]+-[a-z0-9]+-[0-9a-f]{12}/g, 'OWNED')
    .replace(/[0-9a-z]{9}-[0-9a-f]{10}/g, 'ATTEMPT')
    .replace(/\b[0-9a-f]{16}\b/g, 'RANDOM');

/** The digests of the tree lists, which name times, by what they are digests of. */
const knownDigests = (layout: Layout): Map<string, string> => {
  const versions = existsSync(layout.versions) ? readdirSync(layout.versions) : [];
  const lists = versions.map(name => path.join(layout.versions, name, treeListName)).filter(existsSync);
  return new Map(lists.map(list => [sha256(readFileSync(list)), path.basename(path.dirname(list))]));
};

/** The order of keys says nothing. */
const sorted = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  } catch {
    return text;
  }
};

const withoutChance = (text: string): string =>
  plainName(sorted(text))
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'DATE')
    .replace(/\b1\d{12}\b/g, 'TIME')
    .replace(/\d+-[a-z0-9]+-[0-9a-z]{4,}/g, 'TOKEN');

/** Most files are the same in each of thousands of stores. */
const known = new Map<string, string>();
const most = 5_000;
const plainText = (text: string, digests: Map<string, string>): string => {
  if (known.size > most) known.clear();
  const plain = known.get(text) ?? withoutChance(text);
  known.set(text, plain);
  return plain.replace(/[0-9a-f]{64}/g, digest => digests.get(digest) ?? digest);
};

/** Everything in a store but the journal and pacote's cache, by names from its root. */
const namesIn = (root: string): string[] =>
  readdirSync(root)
    .filter(name => !/^(?:cache|journal\.(?:1\.)?jsonl)/.test(name))
    .flatMap(name => {
      const place = path.join(root, name);
      if (!statSync(place).isDirectory()) return [name];
      const below = readdirSync(place, { recursive: true, encoding: 'utf8' });
      return [name, ...below.map(inside => path.join(name, inside))];
    });

/**
 * Everything that a store holds, by name, kind and bytes, without what is different in each run: times, ids and owners.
 * The journal and pacote's cache are left out: no decision reads them.
 */
export const fingerprint = (layout: Layout): string => {
  if (!existsSync(layout.root)) return '';
  const digests = knownDigests(layout);
  const lines = namesIn(layout.root).map(name => {
    const place = path.join(layout.root, name);
    const stats = statSync(place);
    const kind = stats.isDirectory() ? 'folder' : plainText(readFileSync(place, 'latin1'), digests);
    return `${plainName(name)} ${stats.isDirectory() ? '' : (stats.mode & 0o777).toString(8)} ${kind}`;
  });
  return lines.sort((a, b) => (a < b ? -1 : 1)).join('\n');
};

/** Bytes of a store without journal and cache. */
export const bytesIn = (layout: Layout): number =>
  existsSync(layout.root)
    ? namesIn(layout.root)
        .map(name => statSync(path.join(layout.root, name)))
        .reduce((sum, stats) => sum + (stats.isDirectory() ? 0 : stats.size), 0)
    : 0;
