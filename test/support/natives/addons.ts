import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import envPaths from 'env-paths';

const silent: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };

const runs = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], silent);
    return true;
  } catch {
    return false;
  }
};

/** The headers of this Node: beside its program, or fetched by an earlier build on this machine. */
const nodeHeaders = (): string | null => {
  const beside = path.resolve(path.dirname(realpathSync(process.execPath)), '../include/node');
  const fetched = path.join(
    envPaths('node-gyp', { suffix: '' }).cache,
    process.versions.node,
    'include/node',
  );
  return [beside, fetched].find(dir => existsSync(path.join(dir, 'node_api.h'))) ?? null;
};

const compiler = runs('g++') && process.platform !== 'win32';
const headers = nodeHeaders();

/** Null: addons can be compiled here; else what is missing. */
export const noNodeBuild: string | null = compiler
  ? headers === null
    ? "this Node's headers are not here"
    : null
  : 'there is no g++ here';

const sources = {
  /** By Node-API alone: the same for every Node and Electron. */
  napi: '#include <node_api.h>\nNAPI_MODULE_INIT() { return exports; }',
  /** With V8: registers under the version of this Node. */
  v8: `#include <node.h>
NODE_MODULE_INIT() { exports->Set(context, v8::String::NewFromUtf8Literal(context->GetIsolate(), "x"), v8::Null(context->GetIsolate())).Check(); }`,
  /** With V8, in the older way, which leaves no trace of the version in a name. */
  classic: '#include <node.h>\nvoid init(v8::Local<v8::Object>) {}\nNODE_MODULE(classic, init)',
  /** With much data behind its names. */
  heavy:
    '#include <node_api.h>\nextern "C" { char ballast[1 << 20] = {1}; }\nNAPI_MODULE_INIT() { return exports; }',
  /** Ends the process while it is loaded. */
  crashing:
    '#include <node_api.h>\n#include <csignal>\nNAPI_MODULE_INIT() { raise(SIGSEGV); return exports; }',
  /** Never comes back from being loaded. */
  hanging:
    '#include <node_api.h>\n#include <unistd.h>\nNAPI_MODULE_INIT() { for (;;) pause(); return exports; }',
} as const;

const compile = (source: string, into: string, include: string): string => {
  writeFileSync(`${into}.cc`, source);
  const args = ['-shared', '-fPIC', '-std=c++20', '-O0', '-w', `-I${include}`, `${into}.cc`, '-o', into];
  const system = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  execFileSync('g++', [...args, ...system], silent);
  return into;
};

/** Compiles a small addon for this Node. */
export const buildAddon = (kind: keyof typeof sources, folder: string): string =>
  compile(sources[kind], path.join(folder, `${kind}.node`), headers ?? '');

const extension = (
  name: string,
  limited: boolean,
): string => `${limited ? '#define Py_LIMITED_API 0x03060000\n' : ''}
#include <Python.h>
static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, "${name}", 0, -1, 0 };
PyMODINIT_FUNC PyInit_${name}(void) { return PyModule_Create(&definition); }`;

/** Where an interpreter has its headers; null where it has none, or where nothing compiles. */
export const pythonHeaders = (exec: string): string | null => {
  const question = 'import sysconfig; print(sysconfig.get_paths()["include"])';
  const include = compiler ? execFileSync(exec, ['-c', question], silent).trim() : '';
  return existsSync(path.join(include, 'Python.h')) ? include : null;
};

/** Compiles a small extension module `<name><suffix>` with an interpreter's headers. */
export const buildExtension = (include: string, folder: string, name: string, suffix: string): string =>
  compile(extension(name, suffix.includes('abi3')), path.join(folder, `${name}${suffix}`), include);
