import { cpSync, mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Abi } from '#src/natives/abi.js';
import { pathClaims } from '#src/natives/claims.js';
import { readModule, readOffer } from '#src/natives/offer-reader.js';
import { type Verdict, verdictOn, verdictText } from '#src/natives/verdict.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { fetchPackage, unpackInto } from '../../../examples/demo/real-packages.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { everyNode, nodeFor, pythonOn } from '../../support/natives/abis.ts';
import { buildAddon, buildExtension, noNodeBuild, pythonHeaders } from '../../support/natives/addons.ts';
import { crossFile, crossPackage, darwinSlice, wideUniversal } from '../../support/natives/cross-files.ts';
import { interpreters } from '../../support/natives/interpreters.ts';
import { isFull, ran } from '../../support/proof/run.ts';

const modules = path.resolve(import.meta.dirname, '../../../node_modules');
type Content = string | { readonly copyOf: string };

const packageWith = (files: Readonly<Record<string, Content>>, manifest: object = {}): string => {
  const dir = path.join(temporaryFolder(), 'node_modules', 'native');
  const all: Record<string, Content> = {
    'package.json': JSON.stringify({ name: 'native', version: '1.0.0', ...manifest }),
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (typeof content === 'string') writeFileSync(file, content);
    else cpSync(content.copyOf, file);
  }
  return dir;
};

const verdict = (dir: string, abi: Abi): Verdict => {
  const offer = readOffer(fs, dir);
  if (offer === null) throw new TypeError(`no package at ${dir}`);
  return verdictOn(offer, abi);
};

describe('P-34: what names say', () => {
  test.each([
    [
      'prebuilds/linux-x64/node.napi.musl.node',
      { platform: 'linux', archs: ['x64'], libc: 'musl', napi: true, runtime: 'node' },
    ],
    [
      'prebuilds/darwin-x64+arm64/electron.abi139.node',
      { archs: ['x64', 'arm64'], runtime: 'electron', modules: '139', napi: false },
    ],
    ['prebuilds/linux-arm/pty.armv7.uv1.node', { archs: ['arm'], armv: '7', uv: '1', runtime: null }],
    ['prebuilds/linux/pty.node', { platform: null, archs: null }],
    [
      'lib/binding/node-v115-linux-x64-musl/x.node',
      { platform: 'linux', archs: ['x64'], libc: 'musl', modules: '115', runtime: 'node' },
    ],
    [
      'lib/binding/napi-v6-linux-glibc-arm64/x.node',
      { platform: 'linux', archs: ['arm64'], libc: 'glibc', napi: true, modules: null },
    ],
    ['bin/win32-x64-139/x.node', { platform: 'win32', archs: ['x64'], modules: '139' }],
    ['native.linux-arm64-musl.node', { platform: 'linux', archs: ['arm64'], libc: 'musl' }],
    ['native.darwin-universal.node', { platform: 'darwin', archs: ['x64', 'arm64'], libc: null }],
    [
      'build/Release/native.node',
      { platform: null, archs: null, libc: null, runtime: null, modules: null, napi: false },
    ],
  ])('P-34: %s', (file, claims) => {
    expect(pathClaims(file)).toMatchObject(claims);
  });
});

describe('P-34: real files for nine systems', () => {
  const systems = {
    'linux-x64-gnu': 'linux-x64-glibc',
    'linux-x64-musl': 'linux-x64-musl',
    'linux-arm64-gnu': 'linux-arm64-glibc',
    'linux-arm64-musl': 'linux-arm64-musl',
    'linux-ia32-gnu': 'linux-ia32-glibc',
    'linux-arm-gnueabihf': 'linux-arm-glibc',
    'win32-x64-msvc': 'win32-x64',
    'win32-arm64-msvc': 'win32-arm64',
  } as const;

  test('P-34: the package fits every system that it names, by the file for that one', () => {
    for (const abi of everyNode) {
      const { kind, file } = { file: '', ...verdict(crossPackage, abi) };
      expect(kind, abi.tag).toBe('fits-by-napi');
      const system =
        Object.entries(systems).find(([, tag]) => abi.tag.startsWith(tag))?.[0] ?? 'darwin-universal';
      expect(file).toBe(`index.${system}.node`);
    }
  });

  test('P-34: a file whose name says nothing is told by its content', context => {
    for (const [system, own] of Object.entries(systems)) {
      const dir = packageWith({ 'build/Release/native.node': { copyOf: crossFile(system) } });
      for (const abi of everyNode) {
        const fits = abi.tag.startsWith(`${own}-`);
        expect(verdict(dir, abi).kind, `${system} for ${abi.tag}`).toBe(
          fits ? 'fits-by-napi' : 'does-not-fit',
        );
      }
    }
    ran(context, Object.keys(systems).length * everyNode.length, 'pairs of file and tag');
  });

  test('P-34: a universal file serves both architectures of macOS and no other system', () => {
    const dir = packageWith({ 'build/Release/native.node': { copyOf: crossFile('darwin-universal') } });
    const fitting = () =>
      everyNode.filter(abi => verdict(dir, abi).kind === 'fits-by-napi').map(({ tag }) => tag);
    expect(fitting()).toEqual(['darwin-x64-node115', 'darwin-arm64-node115']);
    writeFileSync(path.join(dir, 'build/Release/native.node'), wideUniversal());
    expect(fitting()).toEqual(['darwin-x64-node115', 'darwin-arm64-node115']);
  });

  test('P-34: a file under the name of another system does not fit either of them', () => {
    const misplaced = { copyOf: crossFile('linux-arm64-gnu') };
    const dir = packageWith({ 'prebuilds/linux-x64/native.napi.node': misplaced });
    expect(verdict(dir, nodeFor('linux-x64-glibc'))).toEqual({
      kind: 'does-not-fit',
      has: ['linux arm64'],
      wanted: 'linux-x64-glibc-node115',
    });
    expect(verdict(dir, nodeFor('linux-arm64-glibc'))).toMatchObject({
      kind: 'does-not-fit',
      has: ['linux-x64'],
    });
  });

  test('P-34: a file that is cut off, empty or no library does not fit', () => {
    const whole = fs.readFileSync(crossFile('linux-x64-gnu'));
    for (const content of [
      whole.subarray(0, whole.length / 2),
      whole.subarray(0, 40),
      Buffer.alloc(0),
      Buffer.from('text'),
    ]) {
      const dir = packageWith({ 'build/Release/native.node': '' });
      writeFileSync(path.join(dir, 'build/Release/native.node'), content);
      expect(verdict(dir, nodeFor('linux-x64-glibc')), `${content.length} bytes`).toMatchObject({
        kind: 'does-not-fit',
      });
    }
  });
});

describe('P-10: a file that is shorter than what would be mapped of it', () => {
  test.each([
    ['win32-x64-msvc', 'win32-x64', 0.99],
    ['darwin-universal', 'darwin-arm64', 0.999],
  ])('P-10: of %s is told as cut off', (name, system, share) => {
    const whole = fs.readFileSync(crossFile(name));
    const dir = packageWith({ 'build/Release/native.node': '' });
    writeFileSync(path.join(dir, 'build/Release/native.node'), whole.subarray(0, whole.length * share));
    expect(verdict(dir, nodeFor(system))).toMatchObject({
      kind: 'does-not-fit',
      has: ['a file that is cut off'],
    });
  });
});

test('P-10: of a file for one architecture of macOS it is told as well', () => {
  const dir = packageWith({ 'build/Release/native.node': '' });
  const file = path.join(dir, 'build/Release/native.node');
  const whole = darwinSlice('arm64');
  writeFileSync(file, whole);
  expect(verdict(dir, nodeFor('darwin-arm64')).kind).toBe('fits-by-napi');
  writeFileSync(file, whole.subarray(0, whole.length - 8));
  expect(verdict(dir, nodeFor('darwin-arm64'))).toMatchObject({ has: ['a file that is cut off'] });
});

describe('P-34: how a loader picks', () => {
  const real = { copyOf: crossFile('linux-x64-gnu') };
  const foreign = { copyOf: crossFile('linux-arm64-gnu') };
  const own = nodeFor('linux-x64-glibc');

  test('P-34: one that takes what is in build first can not use the prebuild that fits', () => {
    const files = { 'build/Release/native.node': foreign, 'prebuilds/linux-x64/native.node': real };
    expect(verdict(packageWith(files), own).kind).toBe('fits-by-napi');
    const taken = packageWith(files, { dependencies: { 'node-gyp-build': '^4.8.0' } });
    expect(verdict(taken, own)).toMatchObject({ kind: 'does-not-fit', has: ['linux arm64'] });
  });

  test('P-34: prebuilds for one ABI serve that ABI alone, those for Node-API every one', () => {
    const at = (tags: string) => packageWith({ [`prebuilds/linux-x64/${tags}.node`]: real });
    expect(verdict(at('node.abi115'), own).kind).toBe('fits-by-napi');
    expect(verdict(at('node.abi137'), own)).toMatchObject({ kind: 'does-not-fit', has: ['ABI 137'] });
    expect(verdict(at('electron.abi115'), own)).toMatchObject({ has: ['electron'] });
    expect(verdict(at('node.napi'), nodeFor('linux-x64-glibc', '139', '38.0.0')).kind).toBe('fits-by-napi');
    expect(verdict(at('node.uv2'), own)).toMatchObject({ has: ['uv2'] });
    expect(verdict(at('node.napi.musl'), own)).toMatchObject({ has: ['linux-x64-musl'] });
    expect(verdict(at('node.napi.armv7'), own)).toMatchObject({ has: ['armv7'] });
  });

  test('P-34: the version of ARM counts where it is known, and every arm64 is version 8', () => {
    const arm64 = packageWith({
      'prebuilds/linux-arm64/native.armv8.node': { copyOf: crossFile('linux-arm64-gnu') },
    });
    expect(verdict(arm64, nodeFor('linux-arm64-glibc')).kind).toBe('fits-by-napi');
    const arm = packageWith({
      'prebuilds/linux-arm/native.armv7.uv1.node': { copyOf: crossFile('linux-arm-gnueabihf') },
    });
    const asked = nodeFor('linux-arm-glibc');
    expect(verdict(arm, { ...asked, armv: '6' })).toMatchObject({ has: ['armv7'] });
    for (const armv of ['7', null]) expect(verdict(arm, { ...asked, armv }).kind).toBe('fits-by-napi');
    expect(verdict(arm, { ...asked, uv: null }).kind).toBe('fits-by-napi');
  });

  test('P-34: a package for the platform that is not installed is named', () => {
    const optionalDependencies = { 'native-linux-x64-gnu': '1.0.0', 'native-linux-arm64-gnu': '1.0.0' };
    const dir = packageWith({}, { optionalDependencies });
    const install = (name: string, manifest: object, file: string): void => {
      const place = path.join(dir, '..', name);
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, 'package.json'), JSON.stringify({ name, ...manifest }));
      cpSync(file, path.join(place, 'native.node'));
    };
    install(
      'native-linux-arm64-gnu',
      { os: ['linux'], cpu: ['arm64'], libc: ['glibc'] },
      crossFile('linux-arm64-gnu'),
    );
    expect(verdict(dir, own)).toEqual({
      kind: 'does-not-fit',
      has: ['native-linux-arm64-gnu'],
      wanted: 'native-linux-x64-gnu',
    });
    expect(verdict(dir, nodeFor('linux-arm64-glibc'))).toEqual({
      kind: 'fits-by-napi',
      file: 'native-linux-arm64-gnu/native.node',
    });
    expect(verdict(dir, nodeFor('linux-arm64-musl')).kind).toBe('does-not-fit');
    install('native-linux-x64-gnu', { os: 'linux', cpu: 'x64' }, crossFile('linux-x64-gnu'));
    expect(verdict(dir, own).kind).toBe('fits-by-napi');
  });

  test('P-34: one that has programs instead of modules counts by its own demands, the C library among them', () => {
    const name = 'native-linux-x64-musl';
    const dir = packageWith({}, { optionalDependencies: { [name]: '1.0.0' } });
    const place = path.join(dir, '..', name);
    mkdirSync(place);
    const manifest = { name, os: ['linux'], cpu: ['x64'], libc: ['musl'] };
    writeFileSync(path.join(place, 'package.json'), JSON.stringify(manifest));
    expect(verdict(dir, nodeFor('linux-x64-musl'))).toMatchObject({ kind: 'unknown', file: null });
    expect(verdict(dir, own)).toMatchObject({ kind: 'does-not-fit', has: [name] });
    expect(verdict(dir, nodeFor('linux-arm64-musl'))).toMatchObject({ kind: 'does-not-fit', has: [name] });
  });

  test('P-34: the real platform packages beside us fit here and nowhere else', () => {
    const present = ['lightningcss', 'rolldown'].filter(
      name => readOffer(fs, path.join(modules, name)) !== null,
    );
    expect(present).not.toEqual([]);
    for (const name of present) {
      const kinds = everyNode.map(abi => verdict(path.join(modules, name), abi).kind);
      expect(
        kinds.filter(kind => kind === 'fits-by-napi'),
        name,
      ).toHaveLength(1);
      expect(
        kinds.filter(kind => kind === 'does-not-fit'),
        name,
      ).toHaveLength(everyNode.length - 1);
    }
  });

  test('P-34: a package without compiled files is not judged, a missing one is none', () => {
    expect(verdict(packageWith({ 'index.js': '' }), own)).toMatchObject({
      kind: 'unknown',
      reason: 'native has no compiled files',
    });
    expect(readOffer(fs, '/no/such/package')).toBeNull();
  });

  test('P-34: a package of which not all is looked at is not refused', () => {
    const dir = packageWith({ 'lib/native.node': foreign, [`${'deep/'.repeat(12)}native.node`]: real });
    expect(verdict(dir, own)).toMatchObject({
      kind: 'unknown',
      reason: 'native holds more than is looked at',
    });
  });

  test('P-34: a link to a folder is followed', () => {
    const dir = packageWith({});
    symlinkSync(path.dirname(packageWith({ 'lib/native.node': real })), path.join(dir, 'lib'));
    expect(verdict(dir, own).kind).toBe('fits-by-napi');
  });

  test('P-34: other packages, leftovers of a build and folders that lead round are passed by', () => {
    const dir = packageWith({
      'node_modules/other/build/Release/other.node': real,
      'build/Release/obj.target/native.node': real,
    });
    symlinkSync('..', path.join(dir, 'build', 'round'));
    expect(verdict(dir, own)).toMatchObject({ kind: 'unknown' });
  });

  test('P-34: names of files can not steer a terminal', () => {
    const dir = packageWith({ 'build/Release/\u001b[31mred.node': real });
    expect(verdictText(verdict(dir, own))).not.toMatch(/\p{Cc}/u);
  });
});

if (noNodeBuild !== null) console.log(`skipped: P-34 with compiled addons, because ${noNodeBuild}`);
describe.skipIf(noNodeBuild !== null)('P-34: addons compiled here', () => {
  const { platform, arch } = process;
  const system = everyNode.find(abi => abi.platform === platform && abi.arch === arch);
  const abiOf = (version: string) => nodeFor(system?.tag.replace(/-node\d+$/, '') ?? '', version);
  const built = (kind: Parameters<typeof buildAddon>[0]): string => {
    const dir = packageWith({ 'build/Release/.keep': '' });
    buildAddon(kind, path.join(dir, 'build/Release'));
    return dir;
  };

  test('P-34: one with V8 fits the Node that it was compiled for and no other', () => {
    const dir = built('v8');
    expect(verdict(dir, abiOf(process.versions.modules))).toEqual({
      kind: 'fits',
      file: 'build/Release/v8.node',
    });
    expect(verdict(dir, abiOf('137'))).toMatchObject({
      kind: 'does-not-fit',
      has: [`ABI ${process.versions.modules}`],
    });
  });

  test('P-34: one with Node-API fits every one', () => {
    const dir = built('napi');
    for (const version of [process.versions.modules, '137', '999'])
      expect(verdict(dir, abiOf(version)).kind).toBe('fits-by-napi');
  });

  test('P-10: one whose names are whole and whose data is not, is told as cut off', () => {
    const dir = built('heavy');
    const file = path.join(dir, 'build/Release/heavy.node');
    expect(verdict(dir, abiOf(process.versions.modules)).kind).toBe('fits-by-napi');
    truncateSync(file, statSync(file).size / 2);
    expect(verdict(dir, abiOf(process.versions.modules))).toMatchObject({ has: ['a file that is cut off'] });
  });

  test('P-34: one that leaves no trace of its version is told by the notes of its build, else by nobody', () => {
    const silent = built('classic');
    const file = 'build/Release/classic.node';
    expect(verdict(silent, abiOf('115'))).toMatchObject({ kind: 'unknown', file });
    const config = `# Do not edit\n${JSON.stringify({ variables: { node_module_version: 115 } })}`;
    writeFileSync(path.join(silent, 'build/config.gypi'), config);
    expect(verdict(silent, abiOf('115')).kind).toBe('fits');
    expect(verdict(silent, abiOf('137'))).toMatchObject({ has: ['ABI 115'] });
    writeFileSync(path.join(silent, 'build/Release/.forge-meta'), 'x64--139');
    expect(verdict(silent, abiOf('139')).kind).toBe('fits');
    expect(verdict(silent, abiOf('115'))).toMatchObject({ has: ['ABI 139'] });
  });
});

describe('P-34: Python', () => {
  const [own, other] = [
    pythonOn('cpython-311-x86_64-linux-gnu', '3.11.7'),
    pythonOn('cpython-312-x86_64-linux-gnu', '3.12.1'),
  ];
  const threaded = {
    ...pythonOn('cpython-313t-x86_64-linux-gnu', '3.13.0'),
    suffixes: ['.cpython-313t-x86_64-linux-gnu.so', '.so'],
  };
  const [python] = interpreters().filter(({ exec }) => pythonHeaders(exec) !== null);
  if (python === undefined)
    console.log('skipped: P-34 with compiled Python extensions, because no headers are found here');

  const judged = (folder: string, name: string, abi: Abi): Verdict | null => {
    const offer = readModule(fs, folder, name);
    return offer === null ? null : verdictOn(offer, abi);
  };

  test.skipIf(python === undefined)('P-34: compiled extensions fit by their whole suffix', () => {
    const include = pythonHeaders(python?.exec ?? '') ?? '';
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'pack'));
    buildExtension(include, folder, 'single', '.cpython-311-x86_64-linux-gnu.so');
    buildExtension(include, path.join(folder, 'pack'), 'stable', '.abi3.so');
    buildExtension(include, folder, 'plain', '.so');
    expect(judged(folder, 'single', own)).toEqual({
      kind: 'fits',
      file: 'single.cpython-311-x86_64-linux-gnu.so',
    });
    expect(judged(folder, 'single', other)).toMatchObject({ has: ['*.cpython-311-x86_64-linux-gnu.so'] });
    expect(judged(folder, 'pack', other)).toEqual({ kind: 'fits-by-abi3', file: 'pack/stable.abi3.so' });
    expect(judged(folder, 'pack', threaded)).toMatchObject({ kind: 'does-not-fit', has: ['*.abi3.so'] });
    expect(judged(folder, 'plain', own)).toMatchObject({ kind: 'unknown', file: 'plain.so' });
    expect(judged(folder, 'single', { ...own, arch: 'arm64' })).toMatchObject({ has: ['linux x64'] });
  });

  test('P-34: a library that is no module is none, and another import is not this one', () => {
    const folder = temporaryFolder();
    cpSync(crossFile('linux-x64-gnu'), path.join(folder, 'library.so'));
    expect(judged(folder, 'library', own)).toMatchObject({
      kind: 'unknown',
      reason: 'library has no compiled files',
    });
    expect(judged(folder, 'lib', own)).toBeNull();
    expect(judged(folder, '../library', own)).toBeNull();
  });
});

const pty = isFull ? await fetchPackage('node-pty@1.2.0-beta.11').catch(() => null) : null;
if (pty === null)
  console.log('skipped: P-34 with the prebuilds of node-pty, because only a full run fetches them');
test.skipIf(pty === null)(
  'P-34: the prebuilds of node-pty serve six systems, and musl is not one of them',
  async () => {
    const dir = path.join(temporaryFolder(), 'node-pty');
    if (pty !== null) await unpackInto(dir, pty);
    const fitting = everyNode.filter(abi => verdict(dir, abi).kind === 'fits-by-napi').map(({ tag }) => tag);
    expect(fitting).toEqual(
      ['linux-x64-glibc', 'linux-arm64-glibc', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'].map(
        system => `${system}-node115`,
      ),
    );
    expect(verdict(dir, nodeFor('linux-x64-musl'))).toMatchObject({ kind: 'does-not-fit' });
  },
);
