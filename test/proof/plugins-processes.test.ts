import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { PluginOutcome } from '#machines/contract.js';
import { installedPlugins } from '#src/plugins/installed.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { startVictim, type Victim } from '../support/kills/victim.ts';
import { differenceFrom } from '../support/plugins/installation.ts';
import { newer, older } from '../support/plugins/offers.ts';
import { add, emptyStore, expectNext, layoutIn, name, stateOf } from '../support/plugins/plugin-set.ts';
import { isFull, ran, share } from '../support/proof/run.ts';

type Work = {
  readonly version?: string;
  readonly task?: 'add' | 'remove';
  readonly killAt?: number;
  readonly as?: string;
};

const installer = (
  store: string,
  { version = newer.version, task = 'add', killAt = 0, as = name }: Work = {},
): Victim => startVictim('plugin-installer', { store, name: as, version, task, killAt });

/** All at once; what each said last. */
const together = async (store: string, works: readonly Work[]): Promise<unknown[]> => {
  const all = works.map(work => installer(store, work));
  await Promise.all(all.map(({ ended }) => ended));
  for (const one of all) expect(one.stderr()).toBe('');
  return all.map(({ said }) => said.at(-1)?.line.outcome);
};

const expectTidy = (store: string): void => {
  const layout = layoutIn(store);
  const names = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);
  expect(names(layout.trash)).toEqual([]);
  expect(names(layout.versions)).toHaveLength(1);
};

test.for([2, 8])(
  'P-32, K-05: of %i processes that add one plugin at once all end well, and one whole plugin is there',
  async (count, { task }) => {
    for (let round = 0; round < share(1, 10); round += 1) {
      const store = emptyStore();
      const ends = await together(
        store,
        Array.from({ length: count }, () => ({})),
      );
      const kinds = ends.map(end => (end as PluginOutcome).kind);
      expect(kinds).toContain('installed');
      // Whoever asks after the commit of another has nothing to do.
      expect(kinds.filter(kind => kind !== 'installed' && kind !== 'present')).toEqual([]);
      expect(stateOf(store)).toBe('2.0.0');
      await expectNext(store, `${count} processes`);
      ran({ task }, count, 'processes');
    }
  },
);

test('P-32, K-05: processes that add two versions, and remove, leave one of them whole, or none', async ({
  task,
}) => {
  for (let round = 0; round < share(1, 15); round += 1) {
    const store = emptyStore();
    await add(nodeFileSystem, store, older);
    const works: Work[] = [{ version: older.version }, { version: newer.version }, { task: 'remove' }, {}];
    const ends = await together(store, works);
    expect(ends.filter(end => JSON.stringify(end).includes('failed'))).toEqual([]);
    expect(['1.0.0', '2.0.0', 'none']).toContain(stateOf(store));
    await expectNext(store, 'adders and a remover');
    expectTidy(store);
    ran({ task }, works.length, 'processes');
  }
});

test('P-36: of two processes that add two plugins whose names differ in case only one is refused', async ({
  task,
}) => {
  for (let round = 0; round < share(2, 20); round += 1) {
    const store = emptyStore();
    const names = ['chart', 'Chart'];
    const ends = await together(
      store,
      names.map(as => ({ as })),
    );
    expect(ends.filter(end => JSON.stringify(end).includes('differ in case only'))).toHaveLength(1);
    const { plugins, damaged } = installedPlugins(nodeFileSystem, store);
    expect(damaged).toEqual([]);
    expect(plugins).toHaveLength(1);
    expect(differenceFrom(store, plugins[0]?.name ?? '', newer)).toBeNull();
    expect(readdirSync(plugins[0]?.layout.versions ?? '')).toEqual([plugins[0]?.stamp]);
    ran({ task }, 2, 'processes');
  }
});

/** Kills one process at an operation, for real; false if it had fewer. */
const killedAt = async (task: 'add' | 'remove', point: number): Promise<boolean> => {
  const store = emptyStore();
  await add(nodeFileSystem, store, older);
  const victim = installer(store, { task, killAt: point });
  const { signal } = await victim.ended;
  if (signal !== 'SIGKILL') {
    expect(victim.stderr(), `operation ${point}`).toBe('');
    return false;
  }
  const situation = `killed at ${JSON.stringify(victim.said.at(-1)?.line)}`;
  expect(task === 'add' ? ['1.0.0', '2.0.0'] : ['1.0.0', 'none'], situation).toContain(stateOf(store));
  await expectNext(store, situation);
  return true;
};

test.for(['add', 'remove'] as const)(
  'P-01, K-05: a process that is killed at any of its operations (%s) leaves the plugin as it was, or as it was meant',
  async (kind, { task }) => {
    const store = emptyStore();
    await add(nodeFileSystem, store, older);
    const counting = installer(store, { task: kind });
    await counting.ended;
    const total = Number(counting.said.at(-1)?.line.operations);
    expect(total, counting.stderr()).toBeGreaterThan(kind === 'add' ? 20 : 4);
    let killed = 0;
    for (let point = 1; point <= total; point += isFull ? 1 : Math.ceil(total / 4))
      killed += (await killedAt(kind, point)) ? 1 : 0;
    expect(killed).toBeGreaterThanOrEqual(isFull ? total * 0.9 : 3);
    ran({ task }, killed, 'real kills');
  },
);
