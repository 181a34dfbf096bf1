import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { channels } from '#src/electron/bridge.js';
import { packed } from '../support/app-world.ts';
import { attach, type Installed, install, type Running } from '../support/electron/attached.ts';
import type { DocumentDouble } from '../support/electron/document.ts';
import { anything, hostileArguments, type Said } from '../support/electron/hostile-orders.ts';
import { ran, seed, share } from '../support/proof/run.ts';

/** Every file of the store with its bytes and its time, where the charts stand, and what the registry was asked. */
const looked = ({ layout, registry }: Installed, { stagedoor }: Running) => ({
  store: readdirSync(layout.root, { recursive: true, encoding: 'utf8' })
    .sort()
    .map(name => {
      const file = path.join(layout.root, name);
      const stats = statSync(file);
      return [name, stats.mtimeMs, stats.isFile() ? readFileSync(file, 'base64') : ''];
    }),
  charts: JSON.stringify(stagedoor.actor.getSnapshot().value),
  update: JSON.stringify(stagedoor.actor.getSnapshot().children.update?.getSnapshot().value),
  leases: stagedoor.actor.getSnapshot().context.leases,
  state: stagedoor.uiState(),
  requests: registry.requests.length,
});

/** 1.0.0 runs, 1.1.0 is staged, 1.2.0 is published: whatever an order could do would show. */
const readyToHarm = async (): Promise<[Installed, Running]> => {
  const shell = await install();
  const running = attach(shell);
  await running.stagedoor.start();
  shell.registry.publish(packed('1.1.0'));
  await running.stagedoor.update();
  shell.registry.publish(packed('1.2.0'));
  return [shell, running];
};

const refusal = { ok: false, error: { code: 'REFUSED' } };

/** An answer that is a refusal, or nothing that could be sent at all. */
const refuses = async (document: DocumentDouble, said: Said): Promise<boolean> => {
  try {
    structuredClone(said);
  } catch {
    await expect(document.invoke(channels.order, ...said)).rejects.toThrow('could not be cloned');
    return false;
  }
  expect(await document.invoke(channels.order, ...said)).toMatchObject(refusal);
  return true;
};

const fuzz = async (
  documents: readonly DocumentDouble[],
  said: fc.Arbitrary<Said>,
  cases: number,
): Promise<number> => {
  let arrived = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...documents), said, async (document, args) => {
      if (await refuses(document, args)) arrived += 1;
    }),
    { numRuns: cases, seed },
  );
  expect(arrived).toBeGreaterThan(cases / 2);
  return arrived;
};

test('P-38: whatever foreign, inner and gone frames send is refused and has no effect on store, charts and registry', async ({
  task,
}) => {
  const [shell, running] = await readyToHarm();
  const { levers } = running;
  const open = async (url: string) => (await levers.openWindow(url)).frame;
  const own = await open(shell.page);
  const navigated = await open(shell.page);
  const goneDocument = navigated.document();
  navigated.navigate('https://evil.example/');
  const removed = own.addFrame(shell.page);
  const removedDocument = removed.document();
  removed.remove();
  const frames = [
    await open('https://evil.example/'),
    await open('data:text/html,evil'),
    await open(''),
    await open('about:blank'),
    await open('app://main/index.html'),
    await open(`file://${shell.dir}/downloads/page.html`),
    await open(`file://${shell.resources}/app.asar/../../evil.html`),
    await open(`file://${shell.resources}/app.asar.evil/index.html`),
    await open(`file://evil.example${shell.resources}/app.asar/index.html`),
    own.addFrame('https://evil.example/'),
    own.addFrame('about:srcdoc'),
    own.addFrame('about:srcdoc', { sandboxed: true }),
    own.addFrame(shell.page),
    navigated,
  ];
  const documents = [...frames.map(frame => frame.document()), goneDocument, removedDocument];
  const before = looked(shell, running);
  const arrived = await fuzz(documents, anything, share(1_000, 20_000));
  expect(looked(shell, running)).toEqual(before);
  ran({ task }, arrived, 'orders refused');
});

test('P-38: from a trusted page, too, what is no order is refused and has no effect', async ({ task }) => {
  const [shell, running] = await readyToHarm();
  const own = (await running.levers.openWindow(shell.page)).frame.document();
  const before = looked(shell, running);
  const arrived = await fuzz([own], hostileArguments, share(1_000, 20_000));
  expect(looked(shell, running)).toEqual(before);
  expect(await own.invoke(channels.order, { verb: 'status' })).toMatchObject({ ok: true });
  ran({ task }, arrived, 'orders refused');
});

test('P-38: a page that is left while its order is on the way orders nothing', async () => {
  const [shell, running] = await readyToHarm();
  const { frame } = await running.levers.openWindow(shell.page);
  const before = looked(shell, running);
  const answer = frame.document().invoke(channels.order, { verb: 'restartToApply', when: 'now' });
  frame.navigate(shell.page);
  expect(await answer).toMatchObject(refusal);
  expect(looked(shell, running)).toEqual(before);
});

test('P-38: no other channel is opened, and no answer names a place, a registry or a tag', async () => {
  const [shell, running] = await readyToHarm();
  expect(running.levers.handled()).toEqual([channels.order]);
  const own = (await running.levers.openWindow(shell.page)).frame.document();
  const answers: unknown[] = [];
  for (const verb of ['status', 'check', 'explain', 'hold', 'release']) {
    answers.push(await own.invoke(channels.order, { verb }));
  }
  answers.push(await own.invoke(channels.order, { verb: 'restartToApply', when: 'idle' }));
  const text = JSON.stringify(answers);
  for (const secret of [shell.dir, shell.registry.url, 'latest']) expect(text).not.toContain(secret);
  expect(answers.every(answer => (answer as { readonly ok: boolean }).ok)).toBe(true);
});

test('a page may check, apply and hold, and its hold ends with it', async () => {
  const shell = await install();
  const running = attach(shell);
  await running.stagedoor.start();
  shell.registry.publish(packed('1.1.0'));
  const window = await running.levers.openWindow(shell.page);
  const order = (given: object): Promise<unknown> => window.frame.document().invoke(channels.order, given);
  expect(await order({ verb: 'restartToApply', when: 'now' })).toEqual({
    ok: true,
    value: { outcome: 'nothing-staged', version: null },
  });
  expect(await order({ verb: 'check' })).toEqual({
    ok: true,
    value: { outcome: 'staged', version: '1.1.0' },
  });
  expect(await order({ verb: 'restartToApply', when: 'idle' })).toEqual({
    ok: true,
    value: { outcome: 'running', version: '1.1.0' },
  });
  await order({ verb: 'hold' });
  expect(running.stagedoor.uiState().tags).toContain('held');
  window.destroy();
  expect(running.stagedoor.uiState().tags).not.toContain('held');
});
