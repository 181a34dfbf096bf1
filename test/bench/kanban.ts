import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { list } from 'tar';
import { loadNpmSettings } from '#src/registry/npm-settings.js';
import { defaultLimits } from '#src/staging/limits.js';
import { type PackageManifest, type PackedPackage, withTarball } from '#src/testing/index.js';

const wanted = { name: 'kanban', version: '0.1.70' };
const cached = path.join(tmpdir(), 'stagedoor-bench', `${wanted.name}-${wanted.version}.tgz`);

const fetchTarball = async (): Promise<Buffer> => {
  const { default: pacote } = await import('pacote');
  const limits = { ...defaultLimits, retries: 1, idleMs: 30_000 };
  const settings = await loadNpmSettings({ package: wanted.name, registry: undefined, limits });
  const cache = path.join(path.dirname(cached), 'cache');
  const tarball = await pacote.tarball(`${wanted.name}@${wanted.version}`, { ...settings, cache } as object);
  mkdirSync(path.dirname(cached), { recursive: true });
  writeFileSync(`${cached}.${process.pid}`, tarball);
  renameSync(`${cached}.${process.pid}`, cached);
  return tarball;
};

/**
 * It is staged here and not run, so it may ask for any Node. Its demand is the same length as the old one: nothing else
 * of the archive changes.
 */
const forAnyNode = (tarball: Buffer): Buffer => {
  const archive = gunzipSync(tarball);
  const [demand, any] = ['"node": ">=22"', '"node": ">=18"'];
  const at = archive.indexOf(demand);
  if (at < 0) throw new Error(`${wanted.name} has no ${demand} any more`);
  archive.write(any, at);
  return gzipSync(archive, { level: 9 });
};

/** What a registry would announce of it. */
const describe = (tarball: Buffer): PackedPackage => {
  let manifest: PackageManifest = wanted;
  let [unpackedSize, fileCount] = [0, 0];
  const parser = list({
    sync: true,
    onReadEntry: entry => {
      unpackedSize += entry.size;
      fileCount += 1;
      if (entry.path !== 'package/package.json') return;
      const chunks: Uint8Array[] = [];
      entry.on('data', chunk => chunks.push(chunk));
      entry.on('end', () => {
        manifest = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      });
    },
  });
  parser.end(tarball);
  const plain = { ...wanted, tarball, integrity: '', shasum: '', manifest, unpackedSize, fileCount };
  return withTarball(plain, tarball);
};

/** The real package, fetched once from the configured registry and kept; null where that can't be reached. */
export const kanbanPackage = async (): Promise<PackedPackage | null> => {
  try {
    return describe(forAnyNode(existsSync(cached) ? readFileSync(cached) : await fetchTarball()));
  } catch (error) {
    process.stderr.write(`kanban can't be had, a synthetic package takes its place: ${String(error)}\n`);
    return null;
  }
};
