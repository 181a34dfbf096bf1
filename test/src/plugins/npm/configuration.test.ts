import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startRegistry } from '#src/testing/index.js';
import { temporaryFolder } from '../../../support/folder.ts';
import { lockWith, npmWorld, packed, placesOf } from '../../../support/plugins/npm-world.ts';

const lock = lockWith('react@18.3.1');

const userConfiguration = (...lines: readonly string[]): void => {
  const file = path.join(temporaryFolder('npmrc'), 'npmrc');
  writeFileSync(file, `${lines.join('\n')}\n`);
  vi.stubEnv('npm_config_userconfig', file);
  onTestFinished(() => void vi.unstubAllEnvs());
};

const published = {
  'plugin@1.0.0': { dependencies: { '@scope/helper': '1' }, peerDependencies: { peer: '*' } },
  '@scope/helper@1.0.0': {},
  'peer@1.0.0': {},
};

test('a registry that was named stands for every scope of .npmrc', async () => {
  userConfiguration('@scope:registry=http://127.0.0.1:9');
  const world = await npmWorld(published);
  expect(placesOf(await world.resolve('plugin', lock))).toContain(
    'node_modules/@scope/helper @scope/helper@1.0.0',
  );
});

test('where none was named, each scope has its own, for documents and archives', async () => {
  const other = await startRegistry();
  onTestFinished(() => other.close());
  other.publish(packed('@scope/helper@1.0.0', { description: 'of the scope' }));
  const world = await npmWorld(published, { registry: undefined });
  userConfiguration(`registry=${world.registry.url}`, `@scope:registry=${other.url}`);
  const { files } = await world.stage('plugin', lock);
  expect(files.map(file => file.path)).toContain('node_modules/@scope/helper/package.json');
  const paths = other.requests.map(({ url }) => decodeURIComponent(url));
  expect(paths).toEqual(expect.arrayContaining(['/@scope/helper', '/@scope/helper/-/helper-1.0.0.tgz']));
  expect(world.asked().some(url => url.includes('@scope'))).toBe(false);
});

test("a user's own ways with npm change nothing: no peers, only a lock file, global, nested, force", async () => {
  userConfiguration(
    ...[
      'legacy-peer-deps=true',
      'package-lock-only=true',
      'global=true',
      'force=true',
      'install-strategy=nested',
    ],
    ...['omit[]=optional', 'omit[]=peer', 'prefer-dedupe=true', 'install-links=true', 'workspaces=true'],
  );
  const world = await npmWorld({
    ...published,
    'plugin@1.0.0': { ...published['plugin@1.0.0'], optionalDependencies: { extra: '1' } },
    'extra@1.0.0': {},
  });
  expect(placesOf(await world.resolve('plugin', lock))).toEqual([
    'node_modules/plugin plugin@1.0.0',
    'node_modules/@scope/helper @scope/helper@1.0.0',
    'node_modules/extra extra@1.0.0',
    'node_modules/peer peer@1.0.0',
  ]);
});
