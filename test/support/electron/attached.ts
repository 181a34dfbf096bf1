import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type AttachedStagedoor, type AttachOptions, attachStagedoor } from '#src/electron/index.js';
import { storeLayout } from '#src/store/layout.js';
import type { LoopbackRegistry, RuntimeSource } from '#src/testing/index.js';
import { app, bundle } from '../app-world.ts';
import { temporaryFolder } from '../folder.ts';
import { registryForTest } from '../loopback.ts';
import { type DoubleFacts, type ElectronDouble, electronDouble } from './double.ts';
import { type Fuse, writeExecutable } from './executable.ts';
import { electronRelease } from './release.ts';
import { ownPage } from './shell-facts.ts';

type Source = Omit<RuntimeSource, 'name' | 'version'>;

/** An installed shell on one machine: its resources, its user's data, and a registry on loopback. */
export type Installed = {
  readonly dir: string;
  readonly resources: string;
  readonly bundled: string;
  readonly userData: string;
  readonly layout: ReturnType<typeof storeLayout>;
  readonly registry: LoopbackRegistry;
  readonly executable: string;
  readonly page: string;
};

/** Sets what Electron sets on `process`, for one test. */
export const setOnProcess = (name: 'resourcesPath' | 'execPath' | 'versions', value: unknown): void => {
  const before = Object.getOwnPropertyDescriptor(process, name);
  Object.defineProperty(process, name, { value, configurable: true, writable: true, enumerable: true });
  onTestFinished(() => {
    if (before === undefined) Reflect.deleteProperty(process, name);
    else Object.defineProperty(process, name, before);
  });
};

/**
 * A bundled 1.0.0 in the resources; `fuse` decides the launch kind: child that runs as Node, or utility process. `below` names
 * the folders above the app.
 */
export const install = async (
  source: Source = {},
  fuse: Fuse = 'on',
  ...below: readonly string[]
): Promise<Installed> => {
  const dir = path.join(temporaryFolder('electron'), ...below);
  const resources = path.join(dir, 'resources');
  const userData = path.join(dir, 'user-data');
  mkdirSync(userData, { recursive: true });
  const bundled = bundle(path.join(resources, 'runtime'), '1.0.0', source);
  const executable = writeExecutable(dir, fuse);
  setOnProcess('resourcesPath', resources);
  setOnProcess('execPath', executable);
  setOnProcess('versions', { ...process.versions, electron: electronRelease });
  return {
    dir,
    resources,
    bundled,
    userData,
    layout: storeLayout(path.join(userData, 'runtime-store')),
    registry: await registryForTest(),
    executable,
    page: ownPage(path.join(resources, 'app.asar')),
  };
};

export type Running = ElectronDouble & { readonly stagedoor: AttachedStagedoor };

/** The shell, started, before it attaches. */
export const launched = (
  { resources, userData }: Installed,
  facts: Partial<DoubleFacts> = {},
): ElectronDouble =>
  electronDouble({
    userData,
    appPath: path.join(resources, 'app.asar'),
    isPackaged: true,
    name: 'app',
    version: '3.0.0',
    ...facts,
  });

/** What an app says where a test says nothing else; `registry` and the places follow from the shell. */
export const attachTo = (
  double: ElectronDouble,
  { registry }: Installed,
  options: Partial<AttachOptions> = {},
): Running => {
  const stagedoor = attachStagedoor({
    ...double.parts,
    package: app,
    probe: 'ipc',
    registry: registry.url,
    schedule: { firstCheckMs: 3_600_000 },
    ...options,
  });
  onTestFinished(() => stagedoor.detach());
  return { ...double, stagedoor };
};

/** Both at once. */
export const attach = (
  shell: Installed,
  options: Partial<AttachOptions> = {},
  facts: Partial<DoubleFacts> = {},
): Running => attachTo(launched(shell, facts), shell, options);
