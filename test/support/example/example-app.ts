import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import type { AfterPackContext } from '#src/builders/electron-builder.js';
import type { Answer, Asked, Facts, Page, Question } from '../../fixtures/electron/example-shell.ts';
import { type Platform, packagedApp } from '../builders/packaged-app.ts';
import { temporaryFolder } from '../folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const built = (name: string): string => path.join(root, 'dist', 'test', 'fixtures', 'electron', name);

const link = (target: string, place: string): void => {
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(target, place, 'junction');
};

/** The double in the place of the package `electron`. */
const putDouble = (app: string): void => {
  const electron = path.join(app, 'node_modules', 'electron');
  mkdirSync(electron);
  const module = JSON.stringify(pathToFileURL(built('example-electron.js')));
  writeFileSync(path.join(electron, 'package.json'), '{"name":"electron","exports":"./index.mjs"}');
  writeFileSync(path.join(electron, 'index.mjs'), `export * from ${module};\n`);
};

/** The example as a fresh clone with its packages installed: stagedoor is this one, and `electron` the double, if wanted. */
export const installExample = ({ double = true } = {}): string => {
  const app = path.join(temporaryFolder('example'), 'app');
  cpSync(path.join(root, 'examples', 'electron-app'), app, {
    recursive: true,
    filter: place => !/[\\/](?:node_modules|dist|out)$/.test(place),
  });
  link(root, path.join(app, 'node_modules', 'stagedoor'));
  for (const name of ['rolldown', 'electron-updater', '@electron/fuses'])
    link(path.join(root, 'node_modules', name), path.join(app, 'node_modules', name));
  if (double) putDouble(app);
  return app;
};

/** `npm run build` of the example. */
export const buildExample = (app: string): string =>
  execFileSync(process.execPath, [path.join(app, 'build.mjs')], { cwd: app, encoding: 'utf8' });

/** Lays the app out and calls the example's own hook, as electron-builder does. */
export const packExample = async (app: string, states: string) => {
  const platform: Platform = process.platform === 'win32' ? 'win32' : 'linux';
  const packed = packagedApp({ project: app, out: path.join(app, 'out') }, { platform, states });
  const hook: { readonly default: (context: AfterPackContext) => Promise<void> } = await import(
    pathToFileURL(path.join(app, 'build', 'after-pack.mjs')).href
  );
  await hook.default(packed.context);
  return packed;
};

export type Running = {
  readonly userData: string;
  /** Resolves to the exit code when the app has ended by itself. */
  readonly ended: Promise<number | null>;
  readonly facts: () => Promise<Facts>;
  readonly page: (url: string) => Promise<Page>;
  /** Whether the navigation was stopped. */
  readonly navigate: (url: string, isMainFrame: boolean) => Promise<boolean>;
  /** The user starts the app a second time. */
  readonly again: () => Promise<unknown>;
  /** Resolves to the exit code. */
  readonly quit: () => Promise<number | null>;
};

/** Questions may overtake each other: each answer bears the number of its own. */
const conversation = (child: ChildProcess) => {
  const waiting = new Map<number, (value: unknown) => void>();
  let asked = 0;
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer.value));
  return <Value>(question: Question): Promise<Value> =>
    new Promise((resolve, reject) => {
      asked += 1;
      waiting.set(asked, value => resolve(value as Value));
      child.send({ id: asked, question } satisfies Asked, error => {
        if (error !== null) reject(error);
      });
    });
};

/** Starts the packed app on the double of Electron; `second`: another instance has the lock. */
export const startExample = (
  app: string,
  resources: string,
  executable: string,
  { second = false } = {},
): Running => {
  const userData = path.join(app, 'user-data');
  const env = {
    ...process.env,
    EXAMPLE_APP: app,
    EXAMPLE_USER_DATA: userData,
    ...(second ? { EXAMPLE_SECOND: '1' } : {}),
  };
  mkdirSync(userData);
  const child = fork(built('example-shell.js'), [path.join(app, 'dist', 'main.js'), resources, executable], {
    env,
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  onTestFinished(() => void child.kill('SIGKILL'));
  const ask = conversation(child);
  return {
    userData,
    ended,
    facts: () => ask({ ask: 'facts' }),
    page: url => ask({ ask: 'page', url }),
    navigate: (url, isMainFrame) => ask({ ask: 'navigate', url, isMainFrame }),
    again: () => ask({ ask: 'again' }),
    quit: () => {
      child.send({ id: 0, question: { ask: 'quit' } } satisfies Asked);
      return ended;
    },
  };
};
