import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makePackage, type PackageManifest, type PackedPackage, startRegistry } from 'stagedoor/testing';
import { freePort } from './free-port.ts';
import { type FetchedPackage, fetchPackage, recentNode, unpackInto } from './real-packages.ts';
import { expectThat, type Versions, type World } from './world.ts';

const versions: Versions = { bundled: '0.1.69', good: '0.1.70', broken: '0.1.71', healed: '0.1.72' };
const native = 'node-pty@1.2.0-beta.11';
const entry = 'dist/cli.js';

const manifestIn = (folder: string): PackageManifest =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageManifest;

/** The very bytes of the real package, to be published on loopback, where the tag can be steered. */
const asPublished = (fetched: FetchedPackage, folder: string): PackedPackage => ({
  name: fetched.name,
  version: fetched.version,
  tarball: readFileSync(fetched.file),
  integrity: fetched.integrity,
  shasum: fetched.shasum,
  manifest: manifestIn(folder),
  unpackedSize: fetched.unpackedSize,
  fileCount: fetched.entryCount,
});

/** The same files as a version that does not exist; without the source maps, which are most of its bytes. */
const asLater = (folder: string, version: string, files: Record<string, Buffer | string>): PackedPackage => {
  const { name, version: _, ...manifest } = manifestIn(folder);
  const known = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(file => file.isFile() && !file.name.endsWith('.map') && file.name !== 'package.json')
    .map(file => path.join(file.parentPath, file.name))
    .map(file => [path.relative(folder, file).replaceAll(path.sep, '/'), readFileSync(file)] as const);
  return makePackage({ name, version, manifest, files: { ...Object.fromEntries(known), ...files } });
};

const dying = `throw new Error('this version was broken on purpose');\n`;

/** The real `kanban` package with its native dependency, on a Node that it admits. */
export const kanbanWorld = async (folder: string): Promise<World> => {
  process.stdout.write(
    '\nFetching kanban, node-pty and, if need be, a Node from the configured registry (once) …\n',
  );
  const old = await fetchPackage(`kanban@${versions.bundled}`);
  const next = await fetchPackage(`kanban@${versions.good}`);
  const pty = await fetchPackage(native);
  const exec = await recentNode();
  const bundled = path.join(folder, 'bundled');
  const later = path.join(folder, 'later');
  const home = path.join(folder, 'home');
  mkdirSync(home);
  await unpackInto(bundled, old);
  await unpackInto(path.join(bundled, 'node_modules', 'node-pty'), pty);
  await unpackInto(later, next);
  const releases: Readonly<Record<string, () => PackedPackage>> = {
    [versions.good]: () => asPublished(next, later),
    [versions.broken]: () => asLater(later, versions.broken, { [entry]: dying }),
    [versions.healed]: () => asLater(later, versions.healed, {}),
  };
  const registry = await startRegistry();
  const port = await freePort();
  const address = `http://127.0.0.1:${port}/`;
  return {
    name: 'stagedoor demo with kanban',
    subtitle: `the real package and its native dependency, on ${path.basename(exec)} ≥ 22`,
    versions,
    address,
    options: {
      package: 'kanban',
      registry: registry.url,
      store: path.join(folder, 'runtime-store'),
      bundled,
      exec,
      natives: [{ name: 'node-pty' }],
      probe: address,
      args: ['--port', String(port), '--no-open', '--no-passcode'],
      cwd: home,
      env: { ...process.env, HOME: home, USERPROFILE: home },
    },
    publish: version => {
      const release = releases[version];
      if (release !== undefined) registry.publish(release());
    },
    expectAnswer: async version => {
      const page = await (await fetch(address)).text();
      const from = version === versions.bundled ? bundled : later;
      const own = readFileSync(path.join(from, 'dist/web-ui/index.html'), 'utf8');
      expectThat(page.trim() === own.trim(), `the page of ${version} at ${address}`, page.slice(0, 200));
    },
    close: () => registry.close(),
  };
};
