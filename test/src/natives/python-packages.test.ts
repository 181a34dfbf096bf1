import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { compareNatives } from '#src/natives/comparison.js';
import type { Fetched, FetchRequest } from '#src/natives/fetching.js';
import { forgetful } from '#src/natives/fit-memory.js';
import { gateFor } from '#src/natives/gate.js';
import { probeAbi } from '#src/natives/probe.js';
import { fetchPythonPackages } from '#src/natives/python-packages.js';
import { readSearchPath } from '#src/natives/search-path.js';
import { proveTree } from '#src/natives/trees/prove.js';
import { defaultLimits } from '#src/staging/limits.js';
import { compareTree } from '#src/staging/tree-proof.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { freePort } from '../../support/loopback.ts';
import { noNodeBuild, pythonHeaders } from '../../support/natives/addons.ts';
import { fakeRuntime, pythonAnswer, saying } from '../../support/natives/fake-runtime.ts';
import { type Interpreter, interpreters } from '../../support/natives/interpreters.ts';
import { pythonIndex } from '../../support/natives/python-index.ts';
import {
  compiledWheel,
  fromFolder,
  onlyHere,
  pinOf,
  pythonOf,
  requestFor,
} from '../../support/natives/python-trees.ts';
import { sourceFiles, writeSource, writeWheel } from '../../support/natives/wheels.ts';
import { isFull } from '../../support/proof/run.ts';

const hasModule = ({ exec }: Interpreter, name: string): boolean => {
  try {
    execFileSync(exec, ['-I', '-c', `import ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const byVersion = (a: Interpreter, b: Interpreter): number =>
  a.version.localeCompare(b.version, 'en', { numeric: true });
const all = noNodeBuild?.includes('g++')
  ? []
  : interpreters()
      .filter(one => pythonHeaders(one.exec) !== null && hasModule(one, 'pip'))
      .sort(byVersion);
const chosen = isFull ? all : all.filter((_, index) => index === 0 || index === all.length - 1);
const newest = all.at(-1) ?? { exec: '', version: '' };
const oldest = all[0] ?? newest;
console.log(
  all.length === 0
    ? 'skipped: Python packages, because no Python with headers and pip is found here'
    : `Python packages: ${chosen.map(({ version }) => version).join(', ')}`,
);
const none = all.length === 0;
const alone = all.length < 2;

const fetchInto = (request: FetchRequest, signal = new AbortController().signal): Promise<Fetched> =>
  fetchPythonPackages(fs, request, signal, () => undefined);

const imports = (exec: string, tree: string, name: string): boolean => {
  const code = `import sys; sys.path.insert(0, sys.argv[1]); import ${name}`;
  try {
    execFileSync(exec, ['-I', '-B', '-c', code, path.join(tree, 'site-packages')], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const native = (name: string, more: object = {}) => ({
  name,
  dir: null,
  module: name,
  pins: [],
  build: false,
  ...more,
});

const refusal = async (request: FetchRequest): Promise<{ code: unknown; message: string; hint: string }> => {
  const error: unknown = await fetchInto(request).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new TypeError('it was installed');
  const { code, hint, message } = error as Error & { code: unknown; hint: string };
  expect(`${message} ${hint}`).not.toContain(request.folder);
  expect(`${message} ${hint}`).not.toContain('\n');
  return { code, message, hint };
};

describe.skipIf(none)('N-12: a tree for a real interpreter', () => {
  for (const interpreter of chosen) {
    test(`N-12: Python ${interpreter.version} imports what its own pip has installed, and the list is the tree`, async () => {
      const wheels = temporaryFolder();
      const archive = await compiledWheel(wheels, interpreter);
      fromFolder(wheels);
      const request = await requestFor(interpreter, [pinOf(archive)]);
      const { files } = await fetchInto(request);
      expect(imports(interpreter.exec, request.tree, 'stagey')).toBe(true);
      expect(() => compareTree(fs, request.tree, files)).not.toThrow();
      expect(new Set(files.map(({ mode }) => mode & ~0o111))).toEqual(new Set([0o644]));
      expect(readdirSync(request.folder).sort()).toEqual(['requirements.txt', 'tree']);
      const { abi, exec, tree } = request;
      expect(await proveTree(fs, { abi, exec, tree, natives: [native('stagey')], probe: probeAbi })).toEqual({
        kind: 'loaded',
      });
    });
  }

  test.skipIf(alone)(
    'N-07: a tree for another interpreter is refused by reading, and the gate is closed for it',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const request = await requestFor(oldest, [pinOf(await compiledWheel(wheels, oldest))]);
      await fetchInto(request);
      const [right, wrong] = [await pythonOf(oldest), await pythonOf(newest)];
      const folder = path.join(request.tree, 'site-packages');
      const gate = (abi: typeof right) =>
        gateFor(
          { name: 'stagey', abi, exec: newest.exec },
          readSearchPath(fs, { name: 'stagey', abi }, [folder]),
        );
      expect(gate(right).open).toBe(true);
      expect(gate(wrong)).toMatchObject({ open: false, sentence: expect.stringContaining(wrong.tag) });
      const proof = {
        abi: wrong,
        exec: newest.exec,
        tree: request.tree,
        natives: [native('stagey')],
        probe: probeAbi,
      };
      expect(await proveTree(fs, proof)).toMatchObject({
        kind: 'refused',
        failure: { code: 'NATIVE_ABI_MISMATCH' },
      });
    },
  );

  test.skipIf(alone)('N-12: one archive for the stable ABI serves the oldest and the newest', async () => {
    const wheels = temporaryFolder();
    const archive = await compiledWheel(wheels, oldest, { limited: true });
    fromFolder(wheels);
    for (const interpreter of [oldest, newest]) {
      const request = await requestFor(interpreter, [pinOf(archive)]);
      await fetchInto(request);
      expect(imports(interpreter.exec, request.tree, 'stagey')).toBe(true);
    }
  });

  test.skipIf(alone)(
    'N-05: the copy in the bundle fits one interpreter, and is named as lacking for the other',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const request = await requestFor(newest, [pinOf(await compiledWheel(wheels, newest))]);
      await fetchInto(request);
      const bundled = native('stagey', {
        dir: path.join(request.tree, 'site-packages', 'stagey'),
        pins: request.pins,
      });
      const compared = async (one: Interpreter) =>
        compareNatives([bundled], {
          fs,
          abi: await pythonOf(one),
          exec: one.exec,
          memory: forgetful,
          ownPath: [],
        });
      expect((await compared(newest)).places).toEqual([{ name: 'stagey', from: 'bundle' }]);
      expect(await compared(oldest)).toMatchObject({
        places: [],
        lacking: [{ certain: true }],
        installable: true,
      });
    },
  );

  test('N-07: for a Python of another system the same tree is closed', async () => {
    const wheels = temporaryFolder();
    fromFolder(wheels);
    const request = await requestFor(newest, [pinOf(await compiledWheel(wheels, newest))]);
    await fetchInto(request);
    const fake = fakeRuntime('python3', saying(pythonAnswer));
    const abi = await probeAbi(fake.exec);
    if (abi === null) throw new TypeError('the fake does not answer');
    const proof = { abi, exec: fake.exec, tree: request.tree, natives: [native('stagey')], probe: probeAbi };
    expect(await proveTree(fs, proof)).toMatchObject({ kind: 'refused' });
    expect(fake.starts()).toBe(1);
  });

  test('N-12: only what is pinned comes, though the package asks for more', async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, {
      name: 'plain',
      tag: 'py3-none-any',
      files: [{ name: 'plain.py', bytes: '' }],
      needs: ['other'],
    });
    writeWheel(wheels, { name: 'other', tag: 'py3-none-any', files: [{ name: 'other.py', bytes: '' }] });
    fromFolder(wheels);
    const { files } = await fetchInto(await requestFor(newest, [pinOf(archive)]));
    expect(files.map(({ path: file }) => file)).toContain('site-packages/plain.py');
    expect(files.some(({ path: file }) => file.includes('other'))).toBe(false);
  });
});

const plain = (name: string, ...files: readonly { name: string; bytes: string; link?: boolean }[]) => ({
  name,
  tag: 'py3-none-any',
  files: [{ name: `${name}.py`, bytes: '' }, ...files],
});

describe.skipIf(none)('N-12: what is refused', () => {
  test('N-12: an archive with another hash', async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    fromFolder(wheels);
    for (const one of alone ? [newest] : [oldest, newest]) {
      const pin = { ...pinOf(archive), hashes: [`sha256:${'0'.repeat(64)}`] };
      expect(await refusal(await requestFor(one, [pin]))).toMatchObject({ code: 'INTEGRITY_MISMATCH' });
    }
  });

  test.skipIf(alone)('N-12: an archive for another interpreter alone', async () => {
    const wheels = temporaryFolder();
    const archive = await compiledWheel(wheels, oldest);
    fromFolder(wheels);
    const { code, hint } = await refusal(await requestFor(newest, [pinOf(archive)]));
    expect(code).toBe('NATIVE_ABI_MISMATCH');
    expect(hint).toContain('Pin a version');
  });

  test('N-12: an interpreter without pip, with the command', async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    const venv = path.join(temporaryFolder(), 'venv');
    execFileSync(newest.exec, ['-m', 'venv', '--without-pip', venv]);
    fromFolder(wheels);
    const exec = path.join(venv, 'bin', 'python');
    const said = await refusal(await requestFor({ ...newest, exec }, [pinOf(archive)]));
    expect(said).toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
      hint: expect.stringContaining('-m ensurepip'),
    });
  });

  test('P-21: a file that leads out of the folder', async () => {
    const wheels = temporaryFolder();
    fromFolder(wheels);
    const archive = writeWheel(wheels, plain('plain', { name: '../../escaped.py', bytes: '' }));
    const request = await requestFor(newest, [pinOf(archive)]);
    expect(await refusal(request)).toMatchObject({ code: 'PACKAGE_UNSAFE' });
    expect(existsSync(path.join(path.dirname(request.folder), 'escaped.py'))).toBe(false);
  });

  test('P-21: a name that is no name elsewhere, and two that are one', async () => {
    for (const files of [
      [{ name: 'plain/aux.py', bytes: '' }],
      [
        { name: 'a/x.py', bytes: '' },
        { name: 'A/x.py', bytes: '' },
      ],
    ]) {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const archive = writeWheel(wheels, plain('plain', ...files));
      expect(await refusal(await requestFor(newest, [pinOf(archive)]))).toMatchObject({
        code: 'PACKAGE_UNSAFE',
      });
    }
  });

  test('P-22: more files and more bytes than there may be', async () => {
    const wheels = temporaryFolder();
    fromFolder(wheels);
    const archive = writeWheel(wheels, plain('plain', { name: 'large.bin', bytes: 'x'.repeat(5000) }));
    const { signal } = new AbortController();
    for (const limit of [{ files: 2 }, { unpackedBytes: 4000 }]) {
      const request = await requestFor(newest, [pinOf(archive)]);
      const limits = { ...defaultLimits, ...limit };
      await expect(fetchPythonPackages(fs, request, signal, () => undefined, limits)).rejects.toThrow(
        /more than 2 files|larger than 4000/,
      );
    }
  });

  test('P-25: names and versions that would be options', async () => {
    onlyHere({});
    for (const pin of [
      { name: '-r', version: '1' },
      { name: 'a', version: '-e' },
      { name: '@a/b', version: '1.0.0' },
    ]) {
      const request = await requestFor(newest, [{ ...pin, hashes: [`sha256:${'0'.repeat(64)}`] }]);
      expect(await refusal(request)).toMatchObject({
        message: expect.stringContaining('names no Python package'),
      });
    }
  });

  test('P-24: an index that can not be reached, with a password in its address', async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    onlyHere({
      PIP_INDEX_URL: `http://me:hidden-word@127.0.0.1:${await freePort()}/simple`,
      PIP_RETRIES: '0',
    });
    for (const one of alone ? [newest] : [oldest, newest]) {
      const said = await refusal(await requestFor(one, [pinOf(archive)]));
      expect(said.code).toBe('REGISTRY_UNREACHABLE');
      expect(JSON.stringify(said)).not.toContain('hidden-word');
    }
  });

  test('P-24: an index that refuses us', async () => {
    const archive = writeWheel(temporaryFolder(), plain('plain'));
    const index = await pythonIndex(path.dirname(archive.file), {
      mischief: (_, response) => {
        response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
        return true;
      },
    });
    onlyHere({ PIP_INDEX_URL: index.url });
    expect(await refusal(await requestFor(newest, [pinOf(archive)]))).toMatchObject({
      code: 'REGISTRY_REFUSED',
    });
  });
});

describe.skipIf(none)('N-12: what is taken away', () => {
  test('P-20: scripts, files that run at each start, and caches; nothing is a link', async () => {
    const wheels = temporaryFolder();
    fromFolder(wheels);
    const mark = path.join(temporaryFolder(), 'ran');
    const archive = writeWheel(wheels, {
      ...plain(
        'plain',
        { name: 'plain.pth', bytes: `import pathlib; pathlib.Path(${JSON.stringify(mark)}).touch()\n` },
        { name: 'pointer.py', bytes: '/etc/passwd', link: true },
        { name: 'plain-1.0.data/scripts/tool', bytes: '#!python\n' },
      ),
      scripts: 'plain-tool = plain:main',
    });
    const request = await requestFor(newest, [pinOf(archive)]);
    const { files } = await fetchInto(request);
    const names = files.map(({ path: file }) => file);
    expect(names).toContain('site-packages/pointer.py');
    expect(readFileSync(path.join(request.tree, 'site-packages/pointer.py'), 'utf8')).toBe('/etc/passwd');
    expect(names.filter(name => /\.pth$|\/bin\/|Scripts|__pycache__/.test(name))).toEqual([]);
    expect(existsSync(path.join(request.tree, 'site-packages/bin'))).toBe(false);
    expect(existsSync(mark)).toBe(false);
  });
});

const code = (name: string): string =>
  `#include <Python.h>\nstatic struct PyModuleDef d = { PyModuleDef_HEAD_INIT, "${name}", 0, -1, 0 };\nPyMODINIT_FUNC PyInit_${name}(void) { return PyModule_Create(&d); }\n`;
/** An older pip builds without wheel, and setuptools has one of its own from 70 on. */
const canBuild = (one: Interpreter): boolean =>
  hasModule(one, 'setuptools') &&
  (hasModule(one, 'wheel') ||
    hasModule(one, 'setuptools.command.bdist_wheel') ||
    hasModule(one, 'pip._internal.operations.install.legacy'));
const builder = all.findLast(canBuild);
const bare = all.findLast(one => !hasModule(one, 'setuptools'));
if (builder === undefined) console.log('skipped: a build from source, because no Python here has setuptools');

describe.skipIf(none)('N-12: a package with a source alone', () => {
  test.skipIf(builder === undefined)(
    'N-12: it is built where the app allows it, and refused where not',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const archive = writeSource(wheels, 'sourced', sourceFiles('sourced', code('sourced')));
      const one = builder ?? newest;
      expect(await refusal(await requestFor(one, [pinOf(archive)]))).toMatchObject({
        code: 'NATIVE_ABI_MISMATCH',
      });
      const request = await requestFor(one, [pinOf(archive)], ['Sourced']);
      await fetchInto(request);
      expect(imports(one.exec, request.tree, 'sourced')).toBe(true);
    },
  );

  test.skipIf(bare === undefined)(
    'N-12: an interpreter without setuptools is told what is missing',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const archive = writeSource(wheels, 'sourced', sourceFiles('sourced', code('sourced')));
      const said = await refusal(await requestFor(bare ?? newest, [pinOf(archive)], ['sourced']));
      expect(said).toMatchObject({
        code: 'NATIVE_ABI_MISMATCH',
        hint: expect.stringContaining('setuptools'),
      });
    },
  );

  test.skipIf(builder === undefined)(
    'N-12: a source that does not compile, or ends the build, is an error of ours',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const archive = writeSource(wheels, 'sourced', sourceFiles('sourced', '#error no\n'));
      const said = await refusal(await requestFor(builder ?? newest, [pinOf(archive)], ['sourced']));
      expect(said).toMatchObject({
        code: 'NATIVE_ABI_MISMATCH',
        message: expect.stringContaining('could not be built'),
      });
    },
  );
});

/** An index that takes the request and never answers; resolves when the first has come. */
const silentIndex = async (): Promise<{ url: string; asked: Promise<void> }> => {
  let resolve = (): void => undefined;
  const promise = new Promise<void>(settle => {
    resolve = settle;
  });
  const index = await pythonIndex(temporaryFolder(), {
    mischief: () => {
      resolve();
      return true;
    },
  });
  return { url: index.url, asked: promise };
};

/** Processes that work in a folder. */
const workingIn = (folder: string): readonly string[] =>
  readdirSync('/proc').filter(pid => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(folder);
    } catch {
      return false;
    }
  });

describe.skipIf(none || process.platform !== 'linux')('N-04: in the middle', () => {
  test('N-04: an abort ends all that was started before it is told', async () => {
    const { url, asked } = await silentIndex();
    onlyHere({ PIP_INDEX_URL: url });
    const archive = writeWheel(temporaryFolder(), plain('plain'));
    const request = await requestFor(newest, [pinOf(archive)]);
    const controller = new AbortController();
    const fetching = fetchInto(request, controller.signal);
    const settled = expect(fetching).rejects.toThrow('enough');
    await asked;
    expect(workingIn(request.folder)).not.toEqual([]);
    controller.abort(new Error('enough'));
    await settled;
    expect(workingIn(request.folder)).toEqual([]);
  });

  test('N-04: when we are killed pip ends too, and what is left lies in the scratch folder alone', async () => {
    const { url, asked } = await silentIndex();
    onlyHere({ PIP_INDEX_URL: url });
    const archive = writeWheel(temporaryFolder(), plain('plain'));
    const request = await requestFor(newest, [pinOf(archive)]);
    const dist = path.resolve(import.meta.dirname, '../../../dist/src');
    const program = `
      import { fetchPythonPackages } from ${JSON.stringify(path.join(dist, 'natives/python-packages.js'))};
      import fs from 'node:fs';
      await fetchPythonPackages(fs, ${JSON.stringify(request)}, new AbortController().signal, () => {});`;
    const temporary = temporaryFolder();
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: 'ignore',
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await asked;
    expect(workingIn(request.folder).length).toBeGreaterThan(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => workingIn(request.folder), { timeout: 10_000 }).toEqual([]);
    expect(readdirSync(path.dirname(request.folder))).toEqual(['scratch']);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('P-22: one that takes too long is ended', async () => {
    const { url } = await silentIndex();
    onlyHere({ PIP_INDEX_URL: url });
    const archive = writeWheel(temporaryFolder(), plain('plain'));
    const request = await requestFor(newest, [pinOf(archive)]);
    const limits = { ...defaultLimits, downloadMs: 1500 };
    const fetching = fetchPythonPackages(fs, request, new AbortController().signal, () => undefined, limits);
    await expect(fetching).rejects.toMatchObject({ code: 'DOWNLOAD_STALLED' });
    expect(workingIn(request.folder)).toEqual([]);
  });
});

/** A program `uv` on PATH, in sh; gives back where it writes down how it was called. */
const fakeUv = (work: string): { readonly given: () => string } => {
  const folder = temporaryFolder();
  const [file, log] = [path.join(folder, 'uv'), path.join(folder, 'given')];
  writeFileSync(
    file,
    `#!/bin/sh\nprintf '%s\\n' "$@" >> '${log}'\necho "INDEX=$UV_DEFAULT_INDEX" >> '${log}'\n${work}\n`,
  );
  chmodSync(file, 0o755);
  vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env.PATH}`);
  return { given: () => readFileSync(log, 'utf8') };
};

/** What uv does with these arguments, done by pip. */
const throughPip = (exec: string): string => `
while [ $# -gt 0 ]; do case "$1" in --target) target=$2;; -r) list=$2;; esac; shift; done
exec '${exec}' -I -m pip install -q --no-deps --require-hashes --no-compile --target "$target" -r "$list"`;

describe.skipIf(none)('N-12: uv where there is one', () => {
  test('N-12: it is asked instead of pip, for this interpreter, with hashes, without dependencies, archives alone', async () => {
    const wheels = temporaryFolder();
    const archive = await compiledWheel(wheels, newest);
    fromFolder(wheels);
    const uv = fakeUv(throughPip(newest.exec));
    const request = await requestFor(newest, [pinOf(archive)]);
    await fetchInto(request);
    const given = uv.given().split('\n');
    expect(given.slice(0, 4)).toEqual(['pip', 'install', '--python', newest.exec]);
    for (const option of ['--require-hashes', '--no-deps', '--only-binary', '--no-index', '--link-mode'])
      expect(given).toContain(option);
    expect(imports(newest.exec, request.tree, 'stagey')).toBe(true);
  });

  test('N-12: it is told the index that only pip knows', async () => {
    onlyHere({ PIP_INDEX_URL: 'http://127.0.0.1:9/simple' });
    const uv = fakeUv('echo "error: No solution found when resolving dependencies" >&2; exit 1');
    const archive = writeWheel(temporaryFolder(), plain('plain'));
    expect(await refusal(await requestFor(newest, [pinOf(archive)]))).toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
    });
    expect(uv.given()).toContain('INDEX=http://127.0.0.1:9/simple');
  });

  test.each([
    ['ln -s /etc/passwd "$target/link.py"', 'PACKAGE_UNSAFE'],
    ['mkfifo "$target/pipe.py"', 'PACKAGE_UNSAFE'],
    ['ln "$target/plain.py" "$target/second.py"', 'PACKAGE_UNSAFE'],
    ['rm -r "$target"/*', 'PACKAGE_INVALID'],
    ['echo "No space left on device (os error 28)" >&2; false', 'DISK_FULL'],
  ])('P-20: an installer that does %j is refused with %s', async (work, failure) => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    fromFolder(wheels);
    fakeUv(`${throughPip(newest.exec).replace('exec ', '')} && ${work}`);
    expect(await refusal(await requestFor(newest, [pinOf(archive)]))).toMatchObject({ code: failure });
  });
});

describe.skipIf(none)("N-12: the user's configuration", () => {
  test('N-12: its index counts, and where it would install does not', async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    const index = await pythonIndex(wheels);
    const elsewhere = temporaryFolder();
    const home = temporaryFolder();
    const file = path.join(home, 'pip', 'pip.conf');
    mkdirSync(path.dirname(file));
    writeFileSync(
      file,
      `[global]\nindex-url = ${index.url}\n[install]\ntarget = ${elsewhere}\nuser = true\nno-binary = :all:\n`,
    );
    onlyHere({ XDG_CONFIG_HOME: home, PIP_PREFIX: elsewhere, PIP_ROOT: elsewhere });
    vi.stubEnv('PIP_CONFIG_FILE', undefined);
    for (const one of alone ? [newest] : [oldest, newest]) {
      const request = await requestFor(one, [pinOf(archive)]);
      await fetchInto(request);
      expect(statSync(path.join(request.tree, 'site-packages/plain.py')).isFile()).toBe(true);
    }
    expect(index.asked).toContain('/simple/plain/');
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("N-12: a user's own modules and start-up code are not taken part in it", async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    fromFolder(wheels);
    const folder = temporaryFolder();
    const mark = path.join(folder, 'ran');
    mkdirSync(path.join(folder, 'pip'));
    for (const name of ['sitecustomize.py', 'usercustomize.py', 'pip/__init__.py', 'json.py'])
      writeFileSync(path.join(folder, name), `open(${JSON.stringify(mark)}, 'w').close()\n`);
    vi.stubEnv('PYTHONPATH', folder);
    vi.stubEnv('PYTHONSTARTUP', path.join(folder, 'json.py'));
    await fetchInto(await requestFor(newest, [pinOf(archive)]));
    expect(existsSync(mark)).toBe(false);
  });
});
