import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createAbiMemory } from '#src/natives/abi-memory.js';
import { createProbe, type Probe, probeAbi } from '#src/natives/probe.js';
import { ownToken } from '#src/process/identity.js';
import { temporaryName } from '#src/store/durable-file.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { recentNode } from '../../../examples/demo/real-packages.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { electronAnswer, fakeRuntime, pythonAnswer, saying } from '../../support/natives/fake-runtime.ts';
import { interpreters, shims } from '../../support/natives/interpreters.ts';
import { isFull } from '../../support/proof/run.ts';

type TestProbe = { readonly probe: Probe; readonly file: string; readonly idle: () => Promise<void> };

/** A probe that remembers in a file of its own; a second one on the same file is a later process. */
const newProbe = (
  file = path.join(temporaryFolder(), 'cache', 'executables.json'),
  limitMs?: number,
): TestProbe => {
  const memory = createAbiMemory(nodeFileSystem, file);
  return { probe: createProbe({ memory, limitMs }), file, idle: memory.idle };
};

test('N-02: our own executable is described without being started, by whatever path', async () => {
  const link = path.join(temporaryFolder(), 'node');
  symlinkSync(process.execPath, link);
  const abi = await probeAbi(link);
  expect(abi).toMatchObject({
    kind: 'node',
    node: process.versions.node,
    modules: process.versions.modules,
    napi: Number(process.versions.napi),
  });
  expect(await probeAbi(process.execPath)).toBe(abi);
});

test('N-01: another executable is asked, and says the same of itself as we do, under any name', async () => {
  const folder = temporaryFolder();
  const { probe } = newProbe();
  for (const name of ['node', 'my-app']) {
    const copy = path.join(folder, name);
    copyFileSync(process.execPath, copy);
    expect(await probe(copy)).toEqual(await probeAbi(process.execPath));
  }
});

test('N-01: it is asked as Node, once, and again when the file changes', async () => {
  const { probe } = newProbe();
  const fake = fakeRuntime('node', saying(electronAnswer));
  const abi = await probe(fake.exec);
  expect(abi).toMatchObject({ tag: 'darwin-arm64-electron136', runtime: 'electron', napi: 10, uv: '1' });
  expect(await probe(fake.exec)).toBe(abi);
  expect(fake.starts()).toBe(1);
  expect(fake.arguments()).toMatch(/^1 -p /);
  writeFileSync(fake.exec, `${readFileSync(fake.exec, 'utf8')}# changed\n`);
  expect(await probe(fake.exec)).toEqual(abi);
  expect(fake.starts()).toBe(2);
});

test('N-01: many who ask at once ask it once', async () => {
  const { probe } = newProbe();
  const fake = fakeRuntime('node', saying(electronAnswer));
  await Promise.all(Array.from({ length: 8 }, () => probe(fake.exec)));
  expect(fake.starts()).toBe(1);
});

test('N-12: a Python is asked as Python, isolated, and its flags are part of its tag', async () => {
  const fake = fakeRuntime('python3.13t', saying(pythonAnswer));
  expect(await newProbe().probe(fake.exec)).toEqual({
    kind: 'python',
    tag: 'win32-x64-cp313t',
    platform: 'win32',
    arch: 'x64',
    libc: null,
    implementation: 'cpython',
    version: '3.13.1',
    soabi: 'cp313t-win_amd64',
    suffixes: ['.cp313t-win_amd64.pyd', '.pyd'],
  });
  expect(fake.arguments()).toMatch(/^1 -I -S -B -c /);
});

describe('N-03: answers outlive the process', () => {
  test('N-03: a later process asks nothing, and no path is written down', async () => {
    const fake = fakeRuntime('node', saying(electronAnswer));
    const first = newProbe();
    const abi = await first.probe(fake.exec);
    await first.idle();
    expect(await newProbe(first.file).probe(fake.exec)).toEqual(abi);
    expect(fake.starts()).toBe(1);
    expect(readFileSync(first.file, 'utf8')).not.toContain(path.dirname(fake.exec));
  });

  test('N-03: the file is in the cache folder that the environment names', async () => {
    const cache = temporaryFolder();
    const fake = fakeRuntime('node', saying(electronAnswer));
    const module = path.resolve(import.meta.dirname, '../../../dist/src/natives/probe.js');
    const program = `import(${JSON.stringify(module)}).then(({ probeAbi }) => probeAbi(${JSON.stringify(fake.exec)}))`;
    for (const _ of ['once', 'again'])
      execFileSync(process.execPath, ['-e', program], { env: { ...process.env, XDG_CACHE_HOME: cache } });
    expect(existsSync(path.join(cache, 'stagedoor', 'executables.json'))).toBe(true);
    expect(fake.starts()).toBe(1);
  });

  test('N-03: the list is bounded, and the newest stay', async () => {
    const { probe, file, idle } = newProbe();
    const fakes = Array.from({ length: 70 }, () => fakeRuntime('node', saying(electronAnswer)));
    for (const { exec } of fakes) await probe(exec);
    await idle();
    const { executables } = JSON.parse(readFileSync(file, 'utf8')) as { executables: unknown[] };
    expect(executables).toHaveLength(64);
    const later = newProbe(file).probe;
    for (const { exec } of fakes.slice(-3)) await later(exec);
    expect(fakes.slice(-3).map(fake => fake.starts())).toEqual([1, 1, 1]);
  });

  test.each(['', '{', '[]', 'null', '{"executables":7}', '{"executables":[null,7,{"mark":"x"},{"mark":1}]}'])(
    'N-03: a cache that holds %j is asked past and written anew',
    async text => {
      const file = path.join(temporaryFolder(), 'executables.json');
      writeFileSync(file, text);
      const fake = fakeRuntime('node', saying(electronAnswer));
      const { probe, idle } = newProbe(file);
      expect(await probe(fake.exec)).not.toBeNull();
      await idle();
      await newProbe(file).probe(fake.exec);
      expect(fake.starts()).toBe(1);
    },
  );

  test('N-03: what the cache says of a file passes the same checks as an answer', async () => {
    const fake = fakeRuntime('node', saying(electronAnswer));
    const first = newProbe();
    await first.probe(fake.exec);
    await first.idle();
    const spoilt = readFileSync(first.file, 'utf8').replace('darwin', '../../etc');
    writeFileSync(first.file, spoilt);
    expect(await newProbe(first.file).probe(fake.exec)).toMatchObject({ platform: 'darwin' });
    expect(fake.starts()).toBe(2);
  });

  test('N-03: what a writer that died has left beside it goes with the next write', async () => {
    const { probe, file, idle } = newProbe();
    const folder = path.dirname(file);
    mkdirSync(folder);
    writeFileSync(temporaryName(file).replace(ownToken(), '4194303-1-1'), '');
    await probe(fakeRuntime('node', saying(electronAnswer)).exec);
    await idle();
    expect(readdirSync(folder)).toEqual([path.basename(file)]);
  });

  test('N-03: a cache that can not be written costs nothing', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'cache'), 'a file where a folder should be');
    const { probe, idle } = newProbe(path.join(folder, 'cache', 'executables.json'));
    expect(await probe(fakeRuntime('node', saying(electronAnswer)).exec)).not.toBeNull();
    await expect(idle()).resolves.toBeUndefined();
  });
});

const wrong = (change: object): string => saying({ ...electronAnswer, ...change });
const odd: Readonly<Record<string, string>> = {
  'fails though it answers': `${saying(electronAnswer)}\nexit 1`,
  'prints no JSON': 'echo no',
  'prints null': 'echo null',
  'prints an empty object': 'echo "{}"',
  'prints a list': `echo '[${JSON.stringify(electronAnswer)}]'`,
  'prints its answer twice': `${saying(electronAnswer)}\n${saying(electronAnswer)}`,
  'says nothing': ':',
  'prints its arguments': 'echo "$@"',
  'is killed': `${saying(electronAnswer)}\nkill -9 $$`,
  crashes: 'kill -SEGV $$',
  'has a number for a platform': wrong({ platform: 7 }),
  'has an object for an arch': wrong({ arch: { toString: 'x' } }),
  'has a list for a version': wrong({ modules: ['136'] }),
  'has a path for a platform': wrong({ platform: '../../x' }),
  'has control characters in its arch': wrong({ arch: 'arm\u001b[31m64' }),
  'has no ABI': wrong({ modules: null }),
  'has an ABI without end': wrong({ modules: '1'.repeat(500) }),
  'has a libc that nobody knows': wrong({ platform: 'linux', libc: 'dietlibc' }),
  'has its words in a prototype': `echo '{"__proto__": ${JSON.stringify(electronAnswer)}}'`,
};

describe('N-01: no tag and no error', () => {
  for (const [what, work] of Object.entries(odd)) {
    test(`N-01: an executable that ${what}`, async () => {
      const fake = fakeRuntime('node', work);
      expect(await newProbe().probe(fake.exec)).toBeNull();
      expect(fake.starts()).toBe(1);
    });
  }

  test.each(['', 'no-such-program-anywhere', '/no/such/file', 'a\0b', '/tmp', '/etc/passwd', 'true'])(
    'N-01: %j',
    async exec => {
      expect(await newProbe().probe(exec)).toBeNull();
    },
  );

  test('N-01: one that prints without end is ended', async () => {
    const fake = fakeRuntime('node', 'exec yes');
    expect(await newProbe().probe(fake.exec)).toBeNull();
  });

  test('N-01: one that never ends is ended in time, with what it has started', async () => {
    const folder = temporaryFolder();
    const pids = path.join(folder, 'pids');
    const fake = fakeRuntime('node', `echo $$ >> ${pids}\nsleep 600 &\necho $! >> ${pids}\nsleep 601`);
    expect(await newProbe(undefined, 1500).probe(fake.exec)).toBeNull();
    const left = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect(left).toHaveLength(2);
    await expect.poll(() => left.filter(pid => existsSync(`/proc/${pid}/exe`))).toEqual([]);
  });

  test('N-01: one that answers and leaves something behind that holds its output still answers', async () => {
    const fake = fakeRuntime('node', `sleep 602 &\n${saying(electronAnswer)}`);
    expect(await newProbe().probe(fake.exec)).toMatchObject({ tag: 'darwin-arm64-electron136' });
  });
});

test('N-02: a script by another name is not started', async () => {
  for (const name of ['bash', 'make', 'launch.sh', 'python3-config', 'node-gyp']) {
    const fake = fakeRuntime(name, saying(electronAnswer));
    expect(await newProbe().probe(fake.exec)).toBeNull();
    expect(fake.starts()).toBe(0);
  }
});

test('N-02: a shim that hands over is asked each time: it may choose another one', async () => {
  const shim = fakeRuntime('node', saying({ ...electronAnswer, executable: process.execPath }));
  const { probe, file, idle } = newProbe();
  for (let round = 1; round <= 2; round += 1) {
    expect(await probe(shim.exec)).toMatchObject({ tag: 'darwin-arm64-electron136' });
    expect(shim.starts()).toBe(round);
  }
  await idle();
  expect(existsSync(file)).toBe(false);
});

test('N-02: a script by another name is started if the caller knows what it is', async () => {
  const fake = fakeRuntime('my-app', saying(electronAnswer));
  expect(await newProbe().probe(fake.exec, 'node')).toMatchObject({ tag: 'darwin-arm64-electron136' });
});

test('N-02: what is found on PATH is what may be executed', async () => {
  const [locked, open] = [fakeRuntime('node', 'exit 1'), fakeRuntime('node', saying(electronAnswer))];
  chmodSync(locked.exec, 0o644);
  vi.stubEnv(
    'PATH',
    [path.dirname(locked.exec), '', path.dirname(open.exec), process.env.PATH].join(path.delimiter),
  );
  expect(await newProbe().probe('node')).toMatchObject({ tag: 'darwin-arm64-electron136' });
  vi.unstubAllEnvs();
});

describe('N-12: real interpreters', () => {
  const found = interpreters();
  console.log(
    found.length === 0
      ? 'skipped: N-12 with real Pythons, because none is found here'
      : `N-12: ${found.length} Pythons: ${found.map(({ version }) => version).join(', ')}`,
  );

  for (const { exec, version } of found) {
    test(`N-12: Python ${version} says who it is`, async () => {
      const [major, minor] = version.split('.');
      const abi = await newProbe().probe(exec);
      expect(abi).toMatchObject({ kind: 'python', version, platform: process.platform, arch: process.arch });
      expect(abi?.tag).toMatch(
        new RegExp(`^${process.platform}-${process.arch}-(?:.+-)?cp(?:ython-)?${major}${minor}`),
      );
    });
  }

  test.skipIf(found.length === 0)(
    "N-12: a venv's Python has the ABI of its base, and one answer serves both",
    async () => {
      const [base] = found;
      const venv = path.join(temporaryFolder(), 'venv');
      const { probe } = newProbe();
      execFileSync(base?.exec ?? '', ['-m', 'venv', '--without-pip', venv]);
      const abi = await probe(path.join(venv, 'bin', 'python'));
      expect(abi).toMatchObject({ version: base?.version });
      expect(await probe(base?.exec ?? '')).toBe(abi);
    },
  );

  const [shim] = shims();
  if (shim === undefined)
    console.log('skipped: N-02 with the shims of a version manager, because there are none here');
  test.skipIf(shim === undefined)(
    "N-02: a version manager's shim tells what it hands over to, and is not remembered",
    async () => {
      const { probe, file, idle } = newProbe();
      expect(await probe(shim ?? '')).toMatchObject({ kind: 'python' });
      await idle();
      expect(existsSync(file)).toBe(false);
    },
  );
});

const fetched = isFull ? await recentNode().catch(() => null) : null;
if (fetched === null) console.log('skipped: N-12 with a second Node, because only a full run fetches one');
test.skipIf(fetched === null)('N-12: a newer Node has another tag on the same machine', async () => {
  const [own, other] = [await probeAbi(process.execPath), await newProbe().probe(fetched ?? '')];
  expect(other).toMatchObject({ kind: 'node', platform: process.platform, arch: process.arch });
  expect(other?.tag).not.toBe(own?.tag);
});
