import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../src/cli/command-line.ts';
import { packageName, runtime } from '../src/staging/staging-world.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startServer } from '../support/hostile/answering.ts';
import { filesWith } from '../support/hostile/fingerprint.ts';
import { besiege, type Siege } from '../support/hostile/siege.ts';
import { environment, startThieves, type Trick, tricks } from '../support/hostile/thieves.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const next = runtime('1.2.0');

/** A way to give npm credentials for a registry, and every spelling that they may be found in. */
type Form = {
  readonly what: string;
  readonly npmrc: (host: string, secret: string) => string;
  readonly registry?: (url: string, secret: string) => string;
  readonly spellings: (secret: string) => readonly string[];
  /** The header by which the registry itself gets them. */
  readonly sent: 'authorization' | null;
};

const forms: readonly Form[] = [
  {
    what: 'a token',
    npmrc: (host, secret) => `//${host}/:_authToken=${secret}`,
    spellings: secret => [secret],
    sent: 'authorization',
  },
  {
    what: '_auth',
    npmrc: (host, secret) => `//${host}/:_auth=${base64(`user:${secret}`)}`,
    spellings: secret => [secret, base64(`user:${secret}`)],
    sent: 'authorization',
  },
  {
    what: 'user name and password',
    npmrc: (host, secret) => `//${host}/:username=user\n//${host}/:_password=${base64(secret)}`,
    spellings: secret => [secret, base64(secret), base64(`user:${secret}`)],
    sent: 'authorization',
  },
  {
    what: 'credentials in the URL of the registry',
    npmrc: () => '',
    registry: (url, secret) => url.replace('//', `//user:${secret}@`),
    spellings: secret => [secret, base64(`user:${secret}`)],
    sent: 'authorization',
  },
  {
    what: 'a one-time password',
    npmrc: (_, secret) => `otp=${secret}`,
    spellings: secret => [secret],
    sent: null,
  },
];

/** A password that is found again wherever it appears. */
const newSecret = (): string => `s3cret${randomBytes(9).toString('hex')}`;

/** Everything in which a secret must not be: what others got, what was told, what was written. */
const leaks = (
  siege: Siege,
  told: readonly unknown[],
  loot: string,
  spellings: readonly string[],
): string[] => {
  const text = inspect(told, { depth: 8, maxStringLength: null, showHidden: true });
  return spellings.flatMap(spelling => [
    ...(loot.includes(spelling) ? ['another server got it'] : []),
    ...(text.includes(spelling) ? [`it was told: ${text}`] : []),
    ...filesWith(path.dirname(siege.world.root), spelling).map(file => `it was written to ${file}`),
  ]);
};

const play = async (form: Form, played: readonly Trick[]): Promise<void> => {
  const siege = await besiege();
  const { registry } = siege.world;
  const thieves = await startThieves(next.tarball);
  const secret = newSecret();
  const config = path.join(temporaryFolder('stagedoor-npmrc'), '.npmrc');
  writeFileSync(config, form.npmrc(new URL(registry.url).host, secret));
  environment({ npm_config_userconfig: config });
  const world = siege.world.with({ registry: form.registry?.(registry.url, secret) ?? registry.url });
  const told: unknown[] = [];
  for (const trick of played) {
    registry.behave();
    trick.play(registry, next, thieves);
    told.push(await siege.update(world));
  }
  const story = `${form.what}: ${played.map(({ what }) => what).join(', ')}`;
  expect(leaks(siege, told, thieves.loot(), form.spellings(secret)), story).toEqual([]);
  // Only the tarball may come from elsewhere, and only where the registry itself says so.
  if (!played.some(({ what }) => what.startsWith('tarball redirected')))
    expect(thieves.loot(), story).toBe('');
  if (form.sent === null) return;
  const [header = ''] = registry.requests.slice(2).map(({ headers }) => headers.authorization);
  expect(
    form.spellings(secret).some(spelling => header.includes(spelling)),
    `${story}: in use`,
  ).toBe(true);
};

const everyTrick = forms.flatMap(form => tricks.map(trick => ({ form, trick })));
const tried = everyTrick.filter((_, at) => isFull || at % 8 === seed % 8);

test('P-24: no way to carry credentials elsewhere works, for no form of them, and none are written or told', async context => {
  for (const { form, trick } of tried) await play(form, [trick]);
  ran(context, tried.length, 'tricks');
});

test('P-24: neither does any sequence of them', async context => {
  const runs = share(3, 60);
  const sequence = fc.array(fc.constantFrom(...tricks), { minLength: 2, maxLength: 5 });
  await fc.assert(fc.asyncProperty(fc.constantFrom(...forms), sequence, play), {
    seed,
    numRuns: runs,
  });
  ran(context, runs, 'sequences of tricks');
});

test('P-24: a redirect from https to http is not followed', async context => {
  const folder = temporaryFolder('stagedoor-tls');
  const [key, cert] = [path.join(folder, 'key'), path.join(folder, 'cert')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  try {
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  } catch {
    console.log('skipped: "P-24: a redirect from https to http", which needs openssl for a certificate');
    context.skip();
  }
  const siege = await besiege();
  const thief = await startServer((_, response) => void response.end(next.tarball), 'localhost');
  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    ({ url, headers }, response) => {
      const { integrity } = next;
      const dist = { tarball: `https://${headers.host}/x.tgz`, integrity };
      if (url === '/x.tgz') {
        response.writeHead(302, { location: `http://localhost:${thief.port}/x.tgz` }).end();
        return;
      }
      const versions = { '1.2.0': { ...next.manifest, dist } };
      response.end(JSON.stringify({ name: packageName, 'dist-tags': { latest: '1.2.0' }, versions }));
    },
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  environment({ npm_config_strict_ssl: 'false' });
  const ending = await siege.update(siege.world.with({ registry: `https://127.0.0.1:${port}` }));
  expect(ending).toMatchObject({ kind: 'failed', failure: { code: 'UNTRUSTED' } });
  expect(thief.requests).toEqual([]);
});

test.each([407, 502, 200])(
  'P-24: the password of a proxy that answers %i goes to the proxy alone and is not told or written',
  async status => {
    const siege = await besiege();
    siege.world.registry.publish(next);
    const secret = newSecret();
    const proxy = await startServer((_, response) => void response.writeHead(status).end('{}'));
    environment({
      npm_config_proxy: `http://user:${secret}@127.0.0.1:${proxy.port}`,
      npm_config_noproxy: '',
    });
    const before = siege.world.registry.requests.length;
    const ending = await siege.update();
    expect(ending).toMatchObject({ kind: 'failed' });
    expect(proxy.requests[0]?.headers['proxy-authorization']).toContain(base64(`user:${secret}`));
    expect(siege.world.registry.requests).toHaveLength(before);
    expect(leaks(siege, [ending], '', [secret, base64(`user:${secret}`)])).toEqual([]);
  },
);

test('P-24: a token of one scope or registry is not sent to another one', async () => {
  const siege = await besiege();
  const { registry } = siege.world;
  const secret = newSecret();
  const config = path.join(temporaryFolder('stagedoor-npmrc'), '.npmrc');
  const other = await startServer((_, response) => void response.end('{}'));
  writeFileSync(
    config,
    [
      `@scope:registry=http://127.0.0.1:${other.port}/`,
      `//127.0.0.1:${other.port}/:_authToken=${secret}`,
      `_authToken=${secret}`,
    ].join('\n'),
  );
  environment({ npm_config_userconfig: config });
  registry.publish(next);
  expect(await siege.update()).toMatchObject({ kind: 'staged' });
  expect(registry.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  await siege.update(siege.world.with({ package: '@scope/runtime', registry: undefined }));
  expect(other.requests[0]?.headers.authorization).toBe(`Bearer ${secret}`);
  await siege.update(siege.world.with({ package: '@scope/runtime' }));
  expect(registry.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
});

const commands = [
  ['update', '--json'],
  ['update'],
  ['check'],
  ['status'],
  ['explain'],
  ['doctor'],
  ['status', '--json'],
  ['doctor', '--json'],
];

test('P-24: no command prints the credentials or leaves them in a file', async context => {
  const siege = await besiege();
  const { registry, root } = siege.world;
  const dir = path.dirname(root);
  const secret = newSecret();
  const url = registry.url.replace('//', `//user:${secret}@`);
  registry.publish(next);
  const flags = ['--package', packageName, '--store', root, '--registry', url];
  const told: unknown[] = [];
  const all = commands.slice(0, share(1, commands.length));
  for (const fault of [false, true]) {
    if (fault) registry.fault({}, { kind: 'status', code: 401 });
    for (const command of all) told.push(await runCli([...command, ...flags], { cwd: dir }));
  }
  expect(leaks(siege, told, '', [secret, base64(`user:${secret}`)])).toEqual([]);
  ran(context, told.length, 'commands');
});
