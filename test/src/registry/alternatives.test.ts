import path from 'node:path';
import { expect, test } from 'vitest';
import { readRelease } from '#src/registry/releases.js';
import { registryForTest } from '../../support/loopback.ts';
import { documentWith } from '../staging/document.ts';
import { freshFolder, packageName, quick, runtime } from '../staging/staging-world.ts';

const never = new AbortController().signal;

const requestTo = (registry: string) => ({
  package: packageName,
  channel: 'latest',
  registry,
  cache: path.join(freshFolder(), 'cache'),
  limits: quick,
  forget: async () => undefined,
});

const releaseAbove = async (...older: readonly string[]) => {
  const registry = await registryForTest();
  for (const version of [...older, '2.0.0']) registry.publish(runtime(version));
  return { registry, offered: await readRelease(requestTo(registry.url), never) };
};

test('U-05: the versions below an offer come newest first by precedence, down to a floor', async () => {
  const { offered } = await releaseAbove('1.9.0', '1.10.0', '1.2.0', '1.2.0-rc.1', '0.1.0');
  const versions = (floor: string | null) => [...offered.alternatives(floor)].map(({ version }) => version);
  expect(versions(null)).toEqual(['1.10.0', '1.9.0', '1.2.0', '0.1.0']);
  expect(versions('1.2.0')).toEqual(['1.10.0', '1.9.0', '1.2.0']);
});

test.each([
  ['of another package', { name: 'other' }],
  ['of another version', { version: '1.1.1' }],
  ['without bytes', { dist: 'none' }],
])('P-25: an entry %s is left out before anything is made of it', async (_, lie) => {
  const { offered } = await releaseAbove('1.0.0', '1.1.0');
  Object.assign(offered.documents.entry('1.1.0') as object, lie);
  expect([...offered.alternatives(null)].map(({ version }) => version)).toEqual(['1.0.0']);
});

/** What the registry says of 1.1.0, with a signature. */
const signed = (registry: string) => ({
  dist: {
    tarball: `${registry}/${packageName}/-/${packageName}-1.1.0.tgz`,
    integrity: runtime('1.1.0').integrity,
    signatures: [{ keyid: 'SHA256:a-key', sig: 'a signature' }],
  },
});

test('P-17: an older offer comes from the document in hand, with its own hash and its signatures', async () => {
  const { registry, offered } = await releaseAbove('1.1.0');
  Object.assign(offered.documents.entry('1.1.0') as object, signed(registry.url));
  const older = await offered.readAlternative('1.1.0', never);
  expect(older?.release).toMatchObject({ version: '1.1.0', integrity: runtime('1.1.0').integrity });
  expect(older?.signedBy).toEqual(['SHA256:a-key']);
  expect(await offered.readAlternative('1.1.1', never)).toBeNull();
  expect(registry.requests).toHaveLength(1);
});

test('P-22: for the download no more than the one version is kept', async () => {
  const { offered } = await releaseAbove('1.1.0', '1.2.0');
  offered.keepOnlyThis();
  expect(offered.documents.versions()).toEqual(['2.0.0']);
});

test('P-22: of very many versions the newest thousand are looked at', async () => {
  const registry = await registryForTest();
  registry.publish(runtime('2.0.0'));
  const { body } = await documentWith(registry.url, versions => {
    const { '2.0.0': newest } = versions;
    for (let patch = 0; patch < 5_000; patch += 1)
      versions[`1.0.${patch}`] = { ...newest, version: `1.0.${patch}` };
  });
  registry.fault({ path: 'packument' }, { kind: 'content', body });
  const offered = await readRelease(requestTo(registry.url), never);
  const versions = [...offered.alternatives(null)].map(({ version }) => version);
  expect(versions).toEqual(Array.from({ length: 1_000 }, (_, at) => `1.0.${4_999 - at}`));
});
