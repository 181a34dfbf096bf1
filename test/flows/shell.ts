import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type LoopbackRegistry,
  makePackage,
  type RuntimeBehaviour,
  runtimePackage,
  writeRuntime,
} from '#src/testing/index.js';
import { freePort } from '../../examples/demo/free-port.ts';
import { temporaryFolder } from '../support/folder.ts';
import { registryForTest } from '../support/loopback.ts';

const name = 'little-runtime';

/** An installed shell of one test: a bundled 1.0.0, an empty store, a registry on loopback, and the port to serve on. */
export type Shell = {
  readonly home: string;
  readonly registry: LoopbackRegistry;
  readonly store: string;
  /** Its options for the API … */
  readonly options: {
    readonly package: string;
    readonly registry: string;
    readonly store: string;
    readonly bundled: string;
    readonly probe: string;
    readonly args: readonly string[];
  };
  /** … and for the command line, without the runtime's own arguments. */
  readonly flags: readonly string[];
  publish(version: string, behaviour?: RuntimeBehaviour): void;
  /** What the running version says over HTTP. */
  answer(): Promise<unknown>;
  /** A JSON file of the store. */
  stored(file: string): unknown;
  /** The versions whose folders are in the store. */
  versions(): readonly string[];
  /** The names of what the journal has kept. */
  journal(): readonly string[];
};

export const newShell = async (): Promise<Shell> => {
  const home = temporaryFolder('shell');
  const registry = await registryForTest();
  const bundled = path.join(home, 'bundled');
  const store = path.join(home, 'runtime-store');
  writeRuntime(bundled, runtimePackage({ name, version: '1.0.0' }));
  const port = await freePort();
  const probe = `http://127.0.0.1:${port}/`;
  const read = (file: string): string => readFileSync(path.join(store, file), 'utf8');
  const options = { package: name, registry: registry.url, store, bundled, probe };
  return {
    home,
    registry,
    store,
    options: { ...options, args: ['--port', String(port)] },
    flags: Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]),
    publish: (version, behaviour = 'serves') =>
      registry.publish(makePackage(runtimePackage({ name, version, behaviour }))),
    answer: async () => (await fetch(probe)).json(),
    stored: file => JSON.parse(read(file)),
    versions: () => readdirSync(path.join(store, 'versions')).sort(),
    journal: () =>
      read('journal.jsonl')
        .trimEnd()
        .split('\n')
        .map(line => (JSON.parse(line) as { readonly event: string }).event),
  };
};
