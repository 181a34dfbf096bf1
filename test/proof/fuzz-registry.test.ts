import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { freshFolder, packageName, runtime } from '../src/staging/staging-world.ts';
import { byteChanges, changed } from '../support/hostile/byte-mutation.ts';
import { fingerprint } from '../support/hostile/fingerprint.ts';
import { mutated, mutations } from '../support/hostile/json-mutation.ts';
import { besiege, expectBlamed, type Siege } from '../support/hostile/siege.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

const published = runtime('1.2.0', { os: ['linux', 'darwin', 'win32'] });
const outcomes = ['upToDate', 'alreadyStaged', 'badVersion', 'incompatible', 'outgrown'];

/** The shell in which all of this happens, and a version that wants a newer one. */
const shell = { shellName: 'my-app', shellVersion: '2.1.0' };
const beyond = runtime('2.0.0', { engines: { 'my-app': '>=3' } });

/** What 1.2.0 is when it is staged from an honest registry. */
const honestTree = async () => {
  const siege = await besiege();
  siege.world.registry.publish(published);
  await siege.world.stage();
  return fingerprint(siege.world.layout.version('1.2.0'), name => name === '.stagedoor-tree.json');
};

/** A siege that begins anew after something was staged, and what its updates came to. */
const lasting = async () => {
  const siege = await besiege(shell);
  const { root } = siege.world;
  const saved = path.join(freshFolder(), 'store');
  cpSync(root, saved, { recursive: true });
  return {
    siege,
    endings: new Map<string, number>(),
    restore: () => {
      rmSync(root, { recursive: true });
      cpSync(saved, root, { recursive: true });
    },
  };
};

type Lasting = Awaited<ReturnType<typeof lasting>>;

/** One document, whatever it is: a typed ending, nothing staged but what was published, no prototype touched. */
const judge = async (
  { siege, endings, restore }: Lasting,
  body: string | Buffer,
  honest: Readonly<Record<string, string>>,
): Promise<void> => {
  const { registry, layout } = siege.world;
  registry.behave();
  registry.fault({ path: 'packument' }, { kind: 'content', body });
  const why = body.toString().slice(0, 3000);
  const ending = await siege.update();
  const name = ending.kind === 'failed' ? ending.failure.code : ending.kind;
  endings.set(name, (endings.get(name) ?? 0) + 1);
  expect(Object.keys(Object.prototype), why).toEqual([]);
  if (ending.kind === 'failed') expectBlamed(ending.failure, why);
  if (ending.kind !== 'staged') {
    expect(['failed', ...outcomes], why).toContain(ending.kind);
    siege.expectUntouched(why);
    return;
  }
  const tree = fingerprint(layout.version('1.2.0'), file => file === '.stagedoor-tree.json');
  expect({ version: ending.version, tree }, why).toEqual({ version: '1.2.0', tree: honest });
  restore();
};

/** A fuzzer whose documents all end alike, at the first look, shows nothing; a short run may be too short for all kinds. */
const expectVariety = ({ endings }: Lasting, ...more: readonly string[]): void => {
  if (!isFull) return;
  for (const kind of ['staged', 'REGISTRY_MALFORMED', ...more])
    expect(endings.get(kind), `${kind} of ${JSON.stringify([...endings])}`).toBeGreaterThan(0);
};

const documentOf = async ({ world }: Siege, form: 'short' | 'full'): Promise<object> => {
  const accept = form === 'short' ? 'application/vnd.npm.install-v1+json' : 'application/json';
  const answer = await fetch(`${world.registry.url}/${packageName}`, { headers: { accept } });
  return (await answer.json()) as object;
};

for (const form of ['short', 'full'] as const) {
  test(`P-25: whatever a ${form} document of the registry says, the outcome is typed and the running version stays`, async context => {
    const honest = await honestTree();
    const stage = await lasting();
    const { registry } = stage.siege.world;
    registry.publish(published);
    const document = await documentOf(stage.siege, form);
    const numRuns = share(20, 1250);
    await fc.assert(
      fc.asyncProperty(mutations(registry.url), list => judge(stage, mutated(document, list), honest)),
      { seed, numRuns },
    );
    expectVariety(stage);
    ran(context, numRuns, 'documents');
  });
}

test('P-25: neither does one that names a version for a newer shell above one for this shell', async context => {
  const honest = await honestTree();
  const stage = await lasting();
  const { registry } = stage.siege.world;
  registry.publish(published);
  registry.publish(beyond);
  const document = await documentOf(stage.siege, 'short');
  const numRuns = share(20, 1250);
  await fc.assert(
    fc.asyncProperty(mutations(registry.url), list => judge(stage, mutated(document, list), honest)),
    { seed, numRuns },
  );
  expectVariety(stage, 'outgrown');
  ran(context, numRuns, 'documents');
});

test('P-25: neither does a document with any bytes changed', async context => {
  const honest = await honestTree();
  const stage = await lasting();
  stage.siege.world.registry.publish(published);
  const bytes = Buffer.from(JSON.stringify(await documentOf(stage.siege, 'short')));
  const numRuns = share(20, 500);
  await fc.assert(
    fc.asyncProperty(byteChanges, changes => judge(stage, changed(bytes, changes), honest)),
    { seed, numRuns },
  );
  expectVariety(stage);
  ran(context, numRuns, 'documents');
});
