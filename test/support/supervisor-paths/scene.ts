import { mkdirSync } from 'node:fs';
import { createActor, type InspectionEvent, SimulatedClock } from 'xstate';
import type { StoreOrder, SupervisorInput } from '#machines/supervisor.js';
import { launchLogic } from '#src/actors/launch.js';
import { type SupervisorActor, supervisorLogic } from '#src/actors/supervisor.js';
import { updateLogic } from '#src/actors/update.js';
import { watchChildren } from '#src/chart-watch.js';
import { createLaunchEffects } from '#src/launching/effects.js';
import { type StagingEffects, stagingInProcess } from '#src/staging/effects.js';
import { defaultLimits } from '#src/staging/limits.js';
import { openJournal } from '#src/store/journal.js';
import { createStoreVerbs } from '#src/store-verbs.js';
import { type LoopbackRegistry, makePackage } from '#src/testing/index.js';
import type { createCoverage } from '../charts/coverage.ts';
import { createGates } from '../charts/gates.ts';
import { createStage, type Slot, slots } from '../launch-paths/stage.ts';
import { packageName, sourceOf } from '../launch-paths/versions.ts';
import { settled } from '../launch-paths/walk.ts';
import { createWorld } from '../launch-paths/world.ts';

export type SceneOptions = {
  readonly dir: string;
  readonly input: SupervisorInput;
  readonly registry: LoopbackRegistry;
  readonly coverage: ReturnType<typeof createCoverage>;
};

const stagingOf = (store: string, registry: string): StagingEffects =>
  stagingInProcess({
    package: packageName,
    channel: 'latest',
    registry,
    store,
    bundledVersion: '1.0.0',
    entry: undefined,
    natives: [],
    exec: process.execPath,
    execFacts: null,
    abi: 'test-abi',
    shellVersion: '1.0.0',
    limits: { ...defaultLimits, retries: 0 },
  });

/**
 * All three charts on the real effects of one store. The launch goes by itself as far as its child, which waits for commands:
 * before its proof and at its end everything stands still until the path goes on.
 */
export const setTheScene = ({ dir, input, registry, coverage }: SceneOptions) => {
  mkdirSync(dir, { recursive: true });
  const world = createWorld(dir, null);
  world.putBack();
  const output = { said: 0, heard: (): void => undefined };
  const real = createLaunchEffects(world.setup, openJournal(world.setup.fs, world.layout), {
    output: (_, chunk) => {
      if (!chunk.includes('serving\n')) return;
      output.said += 1;
      output.heard();
    },
  });
  const stage = createStage(real);
  const staging = stagingOf(world.layout.root, registry.url);
  const gates = createGates();
  const orders = { next: { kind: 'unpin' } as StoreOrder };
  const verbs = createStoreVerbs(world.setup, { running: () => '3.0.0', isStarting: () => false });
  const clock = new SimulatedClock();
  const faults: unknown[] = [];
  const defects: unknown[] = [];
  const actor: SupervisorActor = createActor(
    supervisorLogic(
      launchLogic(stage.effects),
      updateLogic(
        { ...staging, check: gates.gate('check', staging.check), matchNatives: real.matchNatives },
        () => undefined,
        () => 0.5,
      ),
      gates.gate('changeStore', () => verbs.change(orders.next)),
      () => 0,
    ),
    { input, clock, inspect: (event: InspectionEvent) => coverage.inspect(event) },
  );
  const silent = (): void => undefined;
  watchChildren(actor, {
    launch: silent,
    update: silent,
    checking: silent,
    launchDefect: () => real.runtimes.end(),
    updateDefect: error => defects.push(error),
    defect: error => faults.push(error),
  });

  const launch = () => actor.getSnapshot().children.launch?.getSnapshot();
  const update = () => actor.getSnapshot().children.update?.getSnapshot();
  const isAtWork = (slot: Slot): boolean => launch()?.children[slot]?.getSnapshot().status === 'active';
  const hasChild = (): boolean => launch()?.children.runtime?.getSnapshot().status === 'active';

  /** The next thing that happens by itself; false where everything stands still. */
  const advance = async (): Promise<boolean> => {
    await settled();
    const left = await stage.abandoned(isAtWork, () => undefined);
    const slot = slots.find(one => one !== 'probe' && stage.waiting(one));
    if (slot !== undefined) await stage.open(slot);
    else if (hasChild() && !stage.child().begun()) {
      stage.child().begin();
      await stage.child().fact('runtime.spawned');
      stage.child().deliver();
    } else if (hasChild() && launch()?.matches({ alive: 'applying' }) === true) {
      await stage.child().fact('runtime.exited');
      stage.child().deliver();
    } else if (launch()?.matches('restarting') === true) clock.increment(input.launch.restartCapMs);
    else if (gates.waiting().includes('check')) await gates.open('check');
    else if (update()?.hasTag('busy') === true) await nextOf(actor);
    else return left.length > 0;
    return true;
  };

  return {
    world,
    real,
    stage,
    gates,
    orders,
    clock,
    actor,
    faults,
    /** Failures of the update chart. */
    defects,
    launch,
    update,
    registry,
    /** Lets go on what goes on by itself. */
    rest: async (): Promise<void> => {
      while (await advance());
      await settled();
    },
    serve: async (): Promise<void> => {
      const before = output.said;
      real.runtimes.write(Buffer.from('serve\n'));
      while (output.said === before)
        await new Promise<void>(resolve => {
          output.heard = resolve;
        });
      await stage.open('probe');
    },
    publish: (version: string): void => registry.publish(makePackage(sourceOf(version))),
    close: async (): Promise<void> => {
      actor.stop();
      real.runtimes.end();
      await staging.close();
    },
  };
};

/** The next thing that the update chart hears. */
const nextOf = (actor: SupervisorActor): Promise<void> =>
  new Promise(resolve => {
    const heard = (): void => {
      unsubscribe();
      resolve();
    };
    const { update } = actor.getSnapshot().children;
    const { unsubscribe } = update?.subscribe({ next: heard, error: heard }) ?? { unsubscribe: resolve };
  });

export type Scene = ReturnType<typeof setTheScene>;
