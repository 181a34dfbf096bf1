import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type PackedPackage, startRegistry } from 'stagedoor/testing';
import { freePort } from './free-port.ts';
import { asLater, asPublished, dying } from './kanban-releases.ts';
import { fetchPackage, recentNode, unpackInto } from './real-packages.ts';
import { expectThat, type Versions, type World } from './world.ts';

const versions: Versions = { bundled: '0.1.69', good: '0.1.70', broken: '0.1.71', healed: '0.1.72' };
const native = 'node-pty@1.2.0-beta.11';

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
    [versions.broken]: () => asLater(later, versions.broken, dying),
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
