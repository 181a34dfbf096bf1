import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PluginOutcome, PluginWish } from '#machines/contract.js';
import type { CoreLock } from '#src/core-lock/core-lock.js';
import { toFailure } from '#src/failure.js';
import type { PluginEffects } from '#src/plugins/effects.js';
import { pluginLayout, pluginRecordName } from '#src/plugins/place.js';
import { createPluginEffects } from '#src/plugins/store-effects.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { treeListName } from '#src/store/layout.js';
import { readPointer } from '#src/store/pointer.js';
import { type Offer, testProvider, treeFiles } from './provider.ts';

export const never: AbortSignal = new AbortController().signal;

export const lockOf = (...names: readonly string[]): CoreLock => ({
  schema: 1,
  packages: names.map(text => {
    const at = text.lastIndexOf('@');
    const [name, version] = [text.slice(0, at), text.slice(at + 1)];
    const place = `node_modules/${name}`;
    return { ecosystem: 'npm', name, version, integrity: null, place, modules: [name] };
  }),
  aliases: {},
});

export const wishFor = (name: string, spec: string | null = null): PluginWish => ({
  ...{ ecosystem: 'npm', name, spec },
});

export const effectsOn = (
  fs: FileSystem,
  store: string,
  offers: Readonly<Record<string, Offer>>,
  lock: CoreLock = lockOf('react@18.3.1'),
): PluginEffects =>
  createPluginEffects({
    ...{ fs, store, lock: async () => lock, report: () => undefined },
    provider: async () => testProvider(fs, offers),
  });

/** The order of the chart, by hand; what was begun is cleaned up in any case. Rejects with what the chart would have recorded. */
export const addPlugin = async (
  effects: PluginEffects,
  wish: PluginWish,
  signal: AbortSignal = never,
): Promise<PluginOutcome> => {
  const plan = await effects.resolve(wish, signal);
  const { version } = plan;
  const { shared, conflicts } = await effects.compare(plan, signal);
  if (conflicts.length > 0) return { kind: 'refused', version, conflicts };
  if (plan.present) return { kind: 'present', version, shared };
  const draft = { plan, shared };
  try {
    await effects.download(draft, signal);
    await effects.stage(draft, signal);
    const verified = await effects.verify(draft, signal);
    const { replaced } = await effects.commit({ ...draft, verified }, signal);
    return { kind: 'installed', version, replaced, shared, stripped: verified.stripped };
  } catch (error) {
    await effects.clean(plan);
    throw error;
  }
};

/** The same, with a failure as an outcome. */
export const tryPlugin = (effects: PluginEffects, wish: PluginWish): Promise<PluginOutcome> =>
  addPlugin(effects, wish).catch((error: unknown) => ({ kind: 'failed', failure: toFailure(error) }));

/** What differs between the tree that counts and what was offered, from the offer, not from our own list; null: nothing. */
export const differenceFrom = (store: string, name: string, offer: Offer): string | null => {
  const layout = pluginLayout(store, 'npm', name);
  const state = readPointer(nodeFileSystem, layout);
  if (state.kind !== 'valid') return `the pointer is ${state.kind}`;
  const dir = layout.version(state.pointer.version);
  if (!existsSync(dir)) return 'there is no tree';
  const wanted = new Map(treeFiles(name, offer));
  for (const found of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const relative = found.replaceAll(path.sep, '/');
    const place = path.join(dir, found);
    if (lstatSync(place).isDirectory() || [treeListName, pluginRecordName].includes(relative)) continue;
    const text = wanted.get(relative);
    if (text === undefined) return `${relative} was never offered`;
    if (readFileSync(place, 'utf8') !== text) return `${relative} has other bytes`;
    wanted.delete(relative);
  }
  const [missing] = wanted.keys();
  return missing === undefined ? null : `${missing} is missing`;
};
