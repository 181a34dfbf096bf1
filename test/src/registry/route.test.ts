import tls from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { routeSettings } from '#src/registry/route.js';
import { stagingInProcess } from '#src/staging/effects.js';
import { stagingInWorker } from '#src/staging/worker-effects.js';
import { startForwardProxy } from '../../support/electron/forward-proxy.ts';
import { newWorld, quick, runtime } from '../staging/staging-world.ts';

const places = {
  'in this process': (proxyFor: (url: string) => Promise<string | null>) =>
    newWorld({ limits: quick }, options => stagingInProcess(options, undefined, proxyFor)),
  'in the worker': (proxyFor: (url: string) => Promise<string | null>) =>
    newWorld({ limits: quick }, options => stagingInWorker(options, proxyFor)),
};

for (const [place, worldWith] of Object.entries(places)) {
  test(`${place}, documents and tarballs go through the proxy that the system names for the registry`, async () => {
    const proxy = await startForwardProxy();
    const wanted: string[] = [];
    const world = await worldWith(async url => {
      wanted.push(url);
      return `http://${proxy.place}`;
    });
    world.registry.publish(runtime('1.1.0'));
    expect(await world.stage()).toMatchObject({ version: '1.1.0' });
    expect(new Set(wanted)).toEqual(new Set([new URL(world.registry.url).href]));
    expect(proxy.asked.some(url => url.endsWith('.tgz'))).toBe(true);
    expect(world.registry.requests.length).toBe(proxy.asked.length);
  });

  test(`${place}, a system that can't say which proxy is no reason to go without one`, async () => {
    const world = await worldWith(async () => {
      throw new Error('no answer');
    });
    world.registry.publish(runtime('1.1.0'));
    await expect(world.check()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    expect(world.registry.requests).toEqual([]);
  });

  test(`${place}, where no proxy is needed none is used`, async () => {
    const world = await worldWith(async () => null);
    world.registry.publish(runtime('1.1.0'));
    expect(await world.check()).toMatchObject({ kind: 'available' });
  });
}

test('what a proxy is called is checked: another protocol, or no URL at all, is no answer', async () => {
  for (const answer of ['ftp://127.0.0.1:1', 'nowhere', '']) {
    const asking = routeSettings({ proxyFor: async () => answer }, {}, 'http://127.0.0.1/');
    await expect(asking, answer).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  }
});

test('a question that is never answered ends with the check', async () => {
  const cancel = new AbortController();
  const asking = routeSettings(
    { proxyFor: () => new Promise(() => undefined) },
    {},
    'http://127.0.0.1/',
    cancel.signal,
  );
  cancel.abort(new Error('cancelled'));
  await expect(asking).rejects.toThrow('cancelled');
});

test('a proxy that npm’s configuration or the environment names is somebody’s choice: the system is not asked', async () => {
  const proxyFor = async (): Promise<string> => {
    throw new Error('asked');
  };
  expect(await routeSettings({ proxyFor }, { httpsProxy: 'http://own:1' }, 'http://127.0.0.1/')).toEqual({});
  process.env.HTTPS_PROXY = 'http://127.0.0.1:1';
  onTestFinished(() => {
    delete process.env.HTTPS_PROXY;
  });
  expect(await routeSettings({ proxyFor }, {}, 'http://127.0.0.1/')).toEqual({});
});

const canRead = 'getCACertificates' in tls;
if (!canRead) console.log('skipped: the certificates of the system, which need Node 22.15');

test.skipIf(!canRead)(
  'certificates of the system count beside those of Node and of npm’s configuration',
  async () => {
    const own = '-----BEGIN CERTIFICATE-----\nown\n-----END CERTIFICATE-----';
    const { ca } = await routeSettings({ systemCertificates: true }, { ca: own }, 'http://127.0.0.1/');
    expect(ca).toEqual(expect.arrayContaining([own, tls.rootCertificates[0]]));
  },
);
