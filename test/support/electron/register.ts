/**
 * Runs a whole main program on the double of Electron's main process, in a Node process of its own:
 *
 *     node --import test/support/electron/register.js main.js
 *
 * (the built file: `dist/test/support/electron/register.js`). `import … from 'electron'`, `require('electron')` and
 * `original-fs` lead to the double; `process.versions.electron`, `process.type`, `process.resourcesPath` and, in
 * development, `process.defaultApp` are set. It becomes ready in the turn after somebody waits for it. Tests start such a
 * process, and pull its levers, by `startOnDouble` in `double-process.ts`. Read from the environment:
 *
 * - `ELECTRON_DOUBLE_USER_DATA`: `app.getPath('userData')`. Required.
 * - `ELECTRON_DOUBLE_RESOURCES`: `process.resourcesPath`. Default: the folder of the main program's folder.
 * - `ELECTRON_DOUBLE_PACKAGED`: `1` for an installed app, else a shell in development.
 * - `ELECTRON_DOUBLE_APP_PATH`: `app.getAppPath()`. Default: the nearest folder above the main program with a `package.json`.
 *   Its `name` (or `productName`) and `version` are the app's.
 * - `ELECTRON_DOUBLE_EXECUTABLE`: what `process.execPath` says, such as the one of `executable.ts`. Default: this Node.
 * - `ELECTRON_DOUBLE_PROXY`: what `session.resolveProxy` answers. Default: `DIRECT`.
 * - `ELECTRON_DOUBLE_CONTROL`: the number of an inherited pipe by which a test pulls levers. Default: none.
 */

/**
 * Runs a whole main program on the double of Electron's main process, in a Node process of its own:
 *
 *     node --import test/support/electron/register.js main.js
 *
 * (the built file: `dist/test/support/electron/register.js`). `import … from 'electron'`, `require('electron')` and
 * `original-fs` lead to the double; `process.versions.electron`, `process.type`, `process.resourcesPath` and, in
 * development, `process.defaultApp` are set. It becomes ready in the turn after somebody waits for it. Tests start such a
 * process, and pull its levers, by `startOnDouble` in `double-process.ts`. Read from the environment:
 *
 * - `ELECTRON_DOUBLE_USER_DATA`: `app.getPath('userData')`. Required.
 * - `ELECTRON_DOUBLE_RESOURCES`: `process.resourcesPath`. Default: the folder of the main program's folder.
 * - `ELECTRON_DOUBLE_PACKAGED`: `1` for an installed app, else a shell in development.
 * - `ELECTRON_DOUBLE_APP_PATH`: `app.getAppPath()`. Default: the nearest folder above the main program with a `package.json`.
 *   Its `name` (or `productName`) and `version` are the app's.
 * - `ELECTRON_DOUBLE_EXECUTABLE`: what `process.execPath` says, such as the one of `executable.ts`. Default: this Node.
 * - `ELECTRON_DOUBLE_PROXY`: what `session.resolveProxy` answers. Default: `DIRECT`.
 * - `ELECTRON_DOUBLE_CONTROL`: the number of an inherited pipe by which a test pulls levers. Default: none.
 */
import fs, { existsSync, mkdirSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { answerControl } from './control.ts';
import { electronDouble } from './double.ts';
import { electronModules, modulesKey } from './electron-modules.ts';
import { takeInstanceLock } from './instance-lock.ts';
import { inheritedPipe } from './message-pipe.ts';
import { runPreload } from './preload-run.ts';
import { electronRelease } from './release.ts';

const setting = (name: string): string | undefined => process.env[`ELECTRON_DOUBLE_${name}`];

const main = path.resolve(process.argv[1] ?? '.');

const manifestAbove = (folder: string): string => {
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  const above = path.dirname(folder);
  if (above === folder) throw new Error(`no package.json above ${main}`);
  return manifestAbove(above);
};

type Manifest = { readonly name?: string; readonly productName?: string; readonly version?: string };

const appPath = setting('APP_PATH') ?? manifestAbove(path.dirname(main));
const manifest = JSON.parse(readFileSync(path.join(appPath, 'package.json'), 'utf8')) as Manifest;
const userData = setting('USER_DATA');
if (userData === undefined) throw new Error('ELECTRON_DOUBLE_USER_DATA must name a folder');
mkdirSync(userData, { recursive: true });
const isPackaged = setting('PACKAGED') === '1';

// Electron takes these for itself before the program sees them.
const control = setting('CONTROL');
const proxy = setting('PROXY') ?? 'DIRECT';
const executable = setting('EXECUTABLE');
const resources = setting('RESOURCES') ?? path.dirname(path.dirname(main));
for (const name of Object.keys(process.env)) {
  if (name.startsWith('ELECTRON_DOUBLE_')) delete process.env[name];
}

const schemes = new Set(['app']);
const double = electronDouble({
  userData,
  appPath,
  isPackaged,
  name: manifest.productName ?? manifest.name ?? 'app',
  version: manifest.version ?? '0.0.0',
  proxy,
  standardSchemes: schemes,
  ready: false,
  readyAwaited: () => setImmediate(() => double.levers.becomeReady()),
  takeInstanceLock: additionalData =>
    takeInstanceLock(userData, additionalData, ({ argv, additionalData: given }) =>
      double.levers.secondInstance(argv, given),
    ),
  preload: runPreload,
});
void double.levers.ended.then(code => process.exit(code));

const define = (name: string, value: unknown): void => {
  Object.defineProperty(process, name, { value, enumerable: true, configurable: true, writable: true });
};
define('versions', Object.freeze({ ...process.versions, electron: electronRelease }));
define('type', 'browser');
define('resourcesPath', resources);
if (!isPackaged) define('defaultApp', true);
if (executable !== undefined) define('execPath', executable);

const modules = electronModules(double, scheme => schemes.add(scheme));
Reflect.set(globalThis, modulesKey, modules);
Module.register('./resolve-hook.js', import.meta.url);

/** `require`: Node's loader for it has no hooks in the releases that are supported here. */
type Loader = { _load: (request: string, ...rest: readonly unknown[]) => unknown };
const loader = Module as unknown as Loader;
const load = loader._load;
loader._load = (request, ...rest) => {
  if (/^electron(?:\/(?:main|common))?$/.test(request)) return modules;
  return request === 'original-fs' ? fs : load.call(Module, request, ...rest);
};

// An app lives until it quits.
setInterval(() => undefined, 2 ** 30);

if (control !== undefined) answerControl(inheritedPipe(Number(control)), double);
