import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { SimulatedClock } from 'xstate';
import type { LaunchActor } from '#src/actors/launch.js';
import type { LaunchEffects } from '#src/launching/effects.js';
import { input } from './model.ts';
import { isRunning, isStopped } from './processes.ts';
import type { Rules } from './rules.ts';
import type { Slot, Stage } from './stage.ts';
import { bundledVersion } from './versions.ts';
import type { World } from './world.ts';

/** What a word of a path works with. */
export type Scene = {
  readonly world: World;
  readonly stage: Stage;
  readonly rules: Rules;
  readonly actor: LaunchActor;
  readonly clock: SimulatedClock;
  readonly real: LaunchEffects;
  readonly port: number | null;
  /** Resolves when a child has said on its standard output that it serves. */
  readonly serving: () => Promise<void>;
};

type Word = (scene: Scene) => Promise<void> | void;

const shortMs = 25;
const longMs = 20_000;

const candidate = ({ actor }: Scene) => {
  const { candidate: taken } = actor.getSnapshot().context;
  if (taken === null) throw new Error('there is no candidate');
  return taken;
};

const open = async (scene: Scene, slot: Slot, expected: 'fulfilled' | 'rejected'): Promise<void> => {
  scene.rules.begins(slot);
  const outcome = await scene.stage.open(slot);
  if (outcome.status === expected) return;
  const why = outcome.status === 'rejected' ? `: ${String(outcome.reason)}` : '';
  throw new Error(`${slot} was ${outcome.status}${why}`);
};

const does =
  (slot: Slot): Word =>
  scene =>
    open(scene, slot, 'fulfilled');
const breaks =
  (slot: Slot): Word =>
  async ({ stage }) => {
    await stage.breakDown(slot, new Error(`${slot} is broken`));
  };

const begin = ({ stage, rules }: Scene): void => {
  const child = stage.child();
  if (!child.begun()) rules.spawns(child.input.attempt.id);
  child.begin();
};

const suspect = (scene: Scene, strikes: number): void => {
  const { version, role } = candidate(scene);
  scene.rules.suspect(version, role, strikes);
};

const tell = ({ real }: Scene, command: string): void => real.runtimes.write(Buffer.from(`${command}\n`));

/** The child ends by itself or from outside; `strikes`: what the table says of it before it was ready. */
const ends =
  (how: (scene: Scene) => void, strikes: number): Word =>
  async scene => {
    const { actor, stage } = scene;
    const before = actor.getSnapshot();
    how(scene);
    await stage.child().fact('runtime.exited');
    const healthy = before.matches({ alive: 'healthy' });
    if (!healthy) suspect(scene, strikes);
    stage.child().deliver();
    if (healthy && actor.getSnapshot().context.suspects.length > before.context.suspects.length)
      suspect(scene, strikes === 2 && before.context.machineFault === null ? 2 : 0);
  };

const kill = ({ stage }: Scene, signal: NodeJS.Signals): void =>
  void process.kill(stage.child().pid(), signal);

const refused: Word = async scene => {
  begin(scene);
  await scene.stage.child().fact('runtime.refused');
  if (scene.actor.getSnapshot().matches({ alive: 'spawning' })) suspect(scene, 0);
  scene.stage.child().deliver();
};

const hastily = async (scene: Scene, work: () => Promise<void>): Promise<void> => {
  scene.world.patience(shortMs);
  await work();
  scene.world.patience(longMs);
};

const settles: Word = async scene => {
  const marking = scene.actor.getSnapshot();
  await open(scene, 'settleVerdicts', 'fulfilled');
  const passed = marking.matches({ alive: { healthy: 'markingBad' } }) || marking.matches('concluding');
  if (passed) scene.rules.judged();
  else scene.rules.forget();
};

/** A launch is remembered on top of so many earlier ones; null: of those that the store knows. */
const counts = async (scene: Scene, earlier: number | null): Promise<void> => {
  const { version } = candidate(scene);
  if (earlier !== null) scene.world.remember(version, earlier);
  await open(scene, 'recordReady', 'fulfilled');
  scene.rules.counted(version, scene.stage.child().input.attempt.id);
};

/** The child ends because it was told to. */
export const endAsOrdered = async (scene: Scene): Promise<void> => {
  begin(scene);
  await scene.stage.child().fact('runtime.exited');
  scene.stage.child().deliver();
};

/** What happens in the world for each word of a path. */
export const words: Readonly<Record<string, Word>> = {
  recovered: does('recoverStore'),
  'recovery denied': async scene => {
    const forget = scene.world.leaveDeadShell();
    await scene.world.during(scene.world.layout.badVersions, () => open(scene, 'recoverStore', 'rejected'));
    forget();
  },
  resolved: async scene => {
    if (scene.actor.getSnapshot().context.failed.length === 0) {
      scene.world.putBack();
      scene.rules.renewed();
    }
    await open(scene, 'resolveCandidates', 'fulfilled');
  },
  'resolved to nothing': async ({ stage }) => {
    await stage.answer('resolveCandidates', { candidates: [], refusals: [] });
  },
  'nothing there': scene => scene.world.withNothing(() => open(scene, 'resolveCandidates', 'rejected')),
  intact: does('checkTree'),
  damaged: async scene => {
    const { version } = candidate(scene);
    scene.world.damage(version);
    suspect(scene, 0);
    await open(scene, 'checkTree', 'rejected');
    if (version === bundledVersion) scene.world.repairBundle();
  },
  'check impossible': async scene => {
    scene.world.outOfFiles(candidate(scene).version);
    suspect(scene, 0);
    await open(scene, 'checkTree', 'rejected');
    scene.world.outOfFiles(null);
  },
  'natives fit': does('matchNatives'),
  'natives fit nowhere': async scene => {
    const { version } = candidate(scene);
    scene.world.natives('made for another system');
    suspect(scene, 0);
    scene.rules.gateClosed(version);
    await open(scene, 'matchNatives', 'fulfilled');
    scene.world.natives('fitting');
  },
  'matching breaks': breaks('matchNatives'),
  'set aside': async scene => {
    const { version } = candidate(scene);
    await open(scene, 'quarantineTree', 'fulfilled');
    scene.rules.setAside(version);
  },
  'not set aside': async scene => {
    scene.world.unmovable(candidate(scene).version);
    await open(scene, 'quarantineTree', 'rejected');
    scene.world.unmovable(null);
  },
  recorded: does('openAttempt'),
  'not recordable': scene =>
    scene.world.during(scene.world.layout.attempts, () => open(scene, 'openAttempt', 'fulfilled')),
  'recording breaks': async scene => {
    suspect(scene, 0);
    await breaks('openAttempt')(scene);
  },
  spawned: async scene => {
    begin(scene);
    await scene.stage.child().fact('runtime.spawned');
    scene.stage.child().deliver();
  },
  'no executable': async scene => {
    scene.world.executable(false);
    await refused(scene);
    scene.world.executable(true);
  },
  'port taken': async scene => {
    const other = createServer().listen(scene.port ?? 0, '127.0.0.1');
    await once(other, 'listening');
    await refused(scene);
    other.close();
  },
  'exit without a spawn': async scene => {
    begin(scene);
    await scene.stage.child().fact('runtime.spawned');
    scene.stage.forgetFacts();
    await ends(() => kill(scene, 'SIGKILL'), 0)(scene);
  },
  died: ends(scene => tell(scene, 'throw'), 2),
  ended: ends(scene => tell(scene, 'exit 0'), 2),
  'was killed': ends(scene => kill(scene, 'SIGKILL'), 0),
  'found the disk full': ends(scene => tell(scene, 'disk full'), 0),
  'ended as ordered': endAsOrdered,
  'runtime breaks': async scene => {
    const { stage, actor } = scene;
    begin(scene);
    await stage.child().fact('runtime.spawned');
    if (isRunning(stage.child().pid())) kill(scene, 'SIGKILL');
    await stage.child().fact('runtime.exited');
    stage.forgetFacts();
    const before = actor.getSnapshot().context.suspects.length;
    const broken: { type: string; error: unknown; actorId: string } = {
      type: 'xstate.error.actor.runtime',
      error: new Error('the effect is broken'),
      actorId: 'runtime',
    };
    actor.send(broken as never);
    if (actor.getSnapshot().context.suspects.length > before) suspect(scene, 0);
  },
  ready: async scene => {
    const served = scene.serving();
    tell(scene, 'serve');
    await served;
    scene.rules.controlPassed();
    await open(scene, 'probe', 'fulfilled');
  },
  'not ready in time': scene =>
    hastily(scene, async () => {
      suspect(scene, 1);
      await open(scene, 'probe', 'fulfilled');
    }),
  'stopped meanwhile': scene =>
    hastily(scene, async () => {
      suspect(scene, 0);
      kill(scene, 'SIGSTOP');
      while (!isStopped(scene.stage.child().pid())) await pause(1);
      await open(scene, 'probe', 'fulfilled');
      kill(scene, 'SIGCONT');
    }),
  'nothing to probe': async scene => {
    tell(scene, 'throw');
    await scene.stage.child().fact('runtime.exited');
    suspect(scene, 0);
    await open(scene, 'probe', 'rejected');
  },
  counted: scene => counts(scene, 0),
  'counted as trusted': async scene => {
    await counts(scene, candidate(scene).role === 'previous' ? null : 2);
    scene.rules.trusted(candidate(scene).version);
  },
  'not counted': scene =>
    scene.world.during(scene.world.layout.health, () => open(scene, 'recordReady', 'rejected')),
  settled: settles,
  'mark not written': async scene => {
    await scene.world.during(scene.world.layout.badVersions, () => open(scene, 'settleVerdicts', 'rejected'));
    scene.rules.notJudged();
  },
  'settling breaks': async scene => {
    await breaks('settleVerdicts')(scene);
    scene.rules.notJudged();
  },
  'trust written': async scene => {
    await open(scene, 'recordTrusted', 'fulfilled');
    scene.rules.trusted(candidate(scene).version);
  },
  'trust not written': scene =>
    scene.world.during(scene.world.layout.health, () => open(scene, 'recordTrusted', 'rejected')),
  time: ({ actor, clock }) =>
    clock.increment(actor.getSnapshot().matches('restarting') ? input.restartCapMs : input.trustAfterMs),
  'launch.stop': ({ actor }) => actor.send({ type: 'launch.stop' }),
  'launch.restart': ({ actor }) => actor.send({ type: 'launch.restart' }),
};
