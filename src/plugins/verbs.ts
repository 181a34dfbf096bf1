import path from 'node:path';
import type { Ecosystem, PluginWish } from '../../machines/contract.ts';
import { runPluginInstall } from '../actors/plugin-install.ts';
import { toFailure } from '../failure.ts';
import { mistake } from '../launching/setup.ts';
import type { Settings } from '../settings.ts';
import { openJournal } from '../store/journal.ts';
import { checkPlugin, misbuiltWith } from './checking.ts';
import { pluginFailure } from './hints.ts';
import { installedPlugin, installedPlugins } from './installed.ts';
import { type RuntimeLock, readRuntimeLock, unguardedRuntime } from './next-lock.ts';
import { added, checked, listed, removed, ruined } from './outcome-words.ts';
import type { CheckedPlugin, Failed, ListedPlugin, Named } from './outcomes.ts';
import { pluginLayout } from './place.ts';
import type { AddPluginOptions, Plugins } from './plugins.ts';
import type { PluginProvider } from './provider.ts';
import { parsePluginName, parsePluginSpec } from './spec.ts';
import { createPluginEffects } from './store-effects.ts';

/** What knows an ecosystem, loaded when it is needed. */
export type LoadProvider = (ecosystem: Ecosystem) => Promise<PluginProvider>;

export type PluginsSetup = {
  readonly settings: Settings;
  /** Absolute; undefined: the lock of the version that would be launched next. */
  readonly lock: string | undefined;
  readonly provider: LoadProvider;
};

const never: AbortSignal = new AbortController().signal;

const wishIn = (parse: typeof parsePluginSpec, text: unknown, expected: string): PluginWish => {
  const wish = parse(text);
  if (wish === null) throw mistake('plugin', text, expected);
  return wish;
};

const failed = (error: unknown): Failed => ({ outcome: 'failed', error: pluginFailure(toFailure(error)) });

/** The verbs over an app's settings. */
export const createPluginVerbs = ({ settings, lock: named, provider }: PluginsSetup): Plugins => {
  const { launch } = settings;
  const { fs, layout } = launch;
  const store = path.resolve(layout.root);
  const note = (order: string, { ecosystem, name, version }: Named & { readonly version: string }): void =>
    openJournal(fs, layout).append({ event: `order:${order}`, ecosystem, name, version });

  const unfitOf = ({ ecosystem, name }: PluginWish): readonly string[] => {
    const own = { ecosystem, name: name.toLowerCase(), layout: pluginLayout(store, ecosystem, name) };
    return installedPlugin(fs, own)?.compiled?.unfit ?? [];
  };

  const add = async (wish: PluginWish, { signal = never, onProgress }: AddPluginOptions) => {
    let held: RuntimeLock | null = null;
    const lock = async () => {
      held = await readRuntimeLock(launch, named);
      return held.lock;
    };
    const report = onProgress ?? (() => undefined);
    const effects = createPluginEffects({ fs, store, lock, provider, report });
    const outcome = await runPluginInstall(effects, { task: 'add', wish }, signal);
    const unfit = outcome.kind === 'installed' ? unfitOf(wish) : [];
    return added(wish, outcome, (held as RuntimeLock | null)?.runtime ?? null, unfit);
  };

  const remove = async (wish: PluginWish, signal: AbortSignal) => {
    const report = () => undefined;
    const lock = async () => (await readRuntimeLock(launch, named)).lock;
    const effects = createPluginEffects({ fs, store, lock, provider, report });
    return removed(wish, await runPluginInstall(effects, { task: 'remove', wish }, signal));
  };

  const check = async () => {
    const { plugins, damaged } = installedPlugins(fs, store);
    if (plugins.length === 0) return { runtime: null, plugins: damaged.map(ruined) };
    const { lock, runtime } = await readRuntimeLock(launch, named);
    const all: CheckedPlugin[] = [];
    for (const plugin of plugins)
      all.push(
        checked(plugin, await checkPlugin(fs, plugin, lock, await provider(plugin.ecosystem), plugins)),
      );
    return { runtime, plugins: [...all, ...damaged.map(ruined)] };
  };

  const list = async () => {
    const { plugins, damaged } = installedPlugins(fs, store);
    const all: ListedPlugin[] = [];
    for (const plugin of plugins) {
      const isBound = plugin.compiled !== null;
      const misbuilt = isBound ? await misbuiltWith(fs, plugin, await provider(plugin.ecosystem)) : null;
      all.push(listed(plugin, misbuilt));
    }
    const unguarded = all.length === 0 || named !== undefined ? null : await unguardedRuntime(launch);
    return { plugins: all, damaged, unguarded };
  };

  return {
    add: async (spec, options = {}) => {
      const result = await add(wishIn(parsePluginSpec, spec, 'NAME, NAME@RANGE or python:NAME'), options);
      if (result.outcome === 'installed') note('plugin-add', result);
      return result;
    },
    remove: async (name, { signal = never } = {}) => {
      const result = await remove(wishIn(parsePluginName, name, 'NAME or python:NAME'), signal);
      if (result.outcome === 'removed') note('plugin-remove', result);
      return result;
    },
    list: async () => {
      try {
        return { outcome: 'ok', ...(await list()) };
      } catch (error) {
        return failed(error);
      }
    },
    check: async () => {
      try {
        const result = await check();
        const isFine = result.plugins.every(({ state }) => state === 'ok');
        return { outcome: isFine ? 'ok' : 'problems', ...result };
      } catch (error) {
        return failed(error);
      }
    },
  };
};
