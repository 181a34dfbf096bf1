import { randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  makePackage,
  type RuntimeBehaviour,
  runtimePackage,
  startRegistry,
  writeRuntime,
} from 'stagedoor/testing';
import { freePort } from './free-port.ts';
import { expectThat, type Versions, type World } from './world.ts';

const name = 'little-runtime';
const versions: Versions = { bundled: '1.0.0', good: '1.1.0', broken: '1.2.0', healed: '1.2.1' };

/** Something to look at while it is staged. */
const ballastBytes = 6_000_000;

const behaviourOf = (version: string): RuntimeBehaviour =>
  version === versions.broken ? 'dies-at-start' : 'serves';

const runtime = (version: string) =>
  runtimePackage({
    name,
    version,
    behaviour: behaviourOf(version),
    files: { 'assets.bin': randomBytes(ballastBytes) },
  });

/** Small runtimes made on the spot and a registry on loopback: no network. */
export const littleWorld = async (folder: string): Promise<World> => {
  const registry = await startRegistry();
  const bundled = path.join(folder, 'bundled');
  writeRuntime(bundled, runtime(versions.bundled));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}/`;
  return {
    name: 'stagedoor demo',
    subtitle: 'a registry and small runtimes on loopback, no network',
    versions,
    address,
    options: {
      package: name,
      registry: registry.url,
      store: path.join(folder, 'runtime-store'),
      bundled,
      probe: address,
      args: ['--port', String(port)],
    },
    publish: version => registry.publish(makePackage(runtime(version))),
    expectAnswer: async version => {
      const answer: unknown = await (await fetch(address)).json();
      const answering =
        typeof answer === 'object' && answer !== null && 'version' in answer && answer.version;
      expectThat(answering === version, `${version} to answer at ${address}`, answer);
    },
    close: () => registry.close(),
  };
};
