import { setImmediate as turn } from 'node:timers/promises';
import { createActor } from 'xstate';
import type { PluginInstallInput } from '#machines/plugin-install.js';
import { pluginLogic } from '#src/actors/plugin-install.js';
import type { StagedoorOptions } from '#src/index.js';
import type { PluginEffects } from '#src/plugins/effects.js';
import { readRuntimeLock } from '#src/plugins/next-lock.js';
import { providersFor } from '#src/plugins/providers.js';
import { createPluginEffects } from '#src/plugins/store-effects.js';
import { readSettings } from '#src/settings.js';
import type { FileSystem } from '#src/store/file-system.js';
import type { Layout } from '#src/store/layout.js';
import { type FaultyFileSystem, type FileOperation, faultyFileSystem } from '#src/testing/index.js';
import type { Camera } from './camera.ts';
import { watchSteps } from './chart-steps.ts';
import { buryWriter } from './dead-writer.ts';
import { createGates, type Gates } from './gates.ts';
import { openTerminal } from './plugin-terminal.ts';

/** The effects in the order of their turns. */
const steps = [
  'resolvePlugin',
  'comparePlugin',
  'downloadPlugin',
  'stagePlugin',
  'verifyPlugin',
  'commitPlugin',
  'removePlugin',
  'cleanPlugin',
] as const;
type Step = (typeof steps)[number];

/** One process of `stagedoor plugin`: its chart on the real effects, one at a time. */
export type PluginCommand = {
  readonly disk: FaultyFileSystem;
  /** Lets everything happen, to the end of the process. */
  readonly run: () => Promise<void>;
  /** Until an effect of this name is about to begin. */
  readonly runTo: (step: Step) => Promise<void>;
  /** Ctrl-C, and whatever that brings. */
  readonly interrupt: () => Promise<void>;
  /** The process is gone at an operation of its disk. */
  readonly killAt: (moment: (operation: FileOperation) => boolean, by: string, says: string) => Promise<void>;
};

const gated = ({ gate }: Gates, effects: PluginEffects): PluginEffects => ({
  resolve: gate('resolvePlugin', effects.resolve),
  compare: gate('comparePlugin', effects.compare),
  download: gate('downloadPlugin', effects.download),
  stage: gate('stagePlugin', effects.stage),
  verify: gate('verifyPlugin', effects.verify),
  commit: gate('commitPlugin', effects.commit),
  remove: gate('removePlugin', effects.remove),
  clean: gate('cleanPlugin', effects.clean),
});

const effectsFor = (options: StagedoorOptions, fs: FileSystem): PluginEffects => {
  const settings = readSettings(options, fs);
  const { launch } = settings;
  return createPluginEffects({
    fs,
    store: launch.layout.root,
    lock: async () => (await readRuntimeLock(launch)).lock,
    provider: providersFor(settings),
    report: () => undefined,
  });
};

/** Lets whoever waits for a settled promise hear of it. */
const breathe = async (): Promise<void> => {
  for (let round = 0; round < 4; round += 1) await turn();
};

export const openPluginCommand = (
  options: StagedoorOptions,
  input: PluginInstallInput,
  pluginStore: Layout,
  camera: Camera,
): PluginCommand => {
  const disk = faultyFileSystem();
  const gates = createGates();
  let dead = false;
  const terminal = openTerminal(input, text => {
    if (!dead) camera.repaint(text);
  });
  const actor = createActor(pluginLogic(gated(gates, effectsFor(options, disk.fs))), {
    input,
    inspect: watchSteps(step => {
      if (!dead) camera.step(step);
    }, 'plugin-install'),
  });
  actor.on('*', terminal.hear);
  const begin = (): void => {
    if (actor.getSnapshot().status !== 'active') return;
    terminal.open();
    actor.start();
  };

  const play = async (until: () => boolean): Promise<void> => {
    for (;;) {
      await breathe();
      if (dead) return;
      camera.flush();
      const call = until() ? undefined : gates.first(steps);
      if (call === undefined) return;
      await call.begin();
    }
  };
  return {
    disk,
    run: async () => {
      begin();
      await play(() => false);
    },
    runTo: async step => {
      begin();
      await play(() => gates.waits(step));
    },
    interrupt: async () => {
      terminal.interrupt();
      camera.outside('the user', 'Presses Ctrl-C.');
      actor.send({ type: 'plugin.cancel' });
      await play(() => false);
    },
    killAt: async (moment, by, says) => {
      disk.killAt(operation => {
        const hit = moment(operation);
        if (hit) dead = true;
        return hit;
      });
      await play(() => false);
      actor.stop();
      buryWriter(pluginStore);
      camera.lose('The terminal is gone.');
      camera.outside(by, says);
    },
  };
};
