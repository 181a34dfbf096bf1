import { createStagedoor, type Stagedoor, type StagedoorEvents } from 'stagedoor';
import type { Stage } from './stage.ts';
import { DemoError, expectThat, type World } from './world.ts';

/** The whole story never takes this long; what does has gone wrong. */
const patienceMs = 90_000;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // There is no such process: that is the answer.
  }
};

type Act = (app: Stagedoor, world: World, stage: Stage) => Promise<void>;

/** The next event of that name; whoever waits in vain is interrupted with the whole story. */
const eventOf = <Name extends keyof StagedoorEvents>(
  app: Stagedoor,
  name: Name,
): Promise<StagedoorEvents[Name]> =>
  new Promise(resolve => {
    const detach = app.on(name, event => {
      detach();
      resolve(event);
    });
  });

const stageRelease = async (app: Stagedoor, world: World, version: string): Promise<void> => {
  world.publish(version);
  const told = eventOf(app, 'runtime:update-staged');
  const outcome = await app.update();
  expectThat(outcome.outcome === 'staged' && outcome.version === version, `${version} staged`, outcome);
  await told;
};

const restartInto = async (app: Stagedoor, world: World, version: string): Promise<void> => {
  const outcome = await app.restart();
  expectThat(outcome.outcome === 'running' && outcome.version === version, `${version} running`, outcome);
  await world.expectAnswer(version);
};

const first: Act = async (app, world, stage) => {
  const { bundled } = world.versions;
  stage.act(`The app starts with the runtime it was shipped with: ${bundled}`);
  const outcome = await app.start();
  expectThat(outcome.outcome === 'running' && outcome.version === bundled, `${bundled} running`, outcome);
  await world.expectAnswer(bundled);
  stage.user(`The app runs: ${bundled} answers at ${world.address}`);
};

const update: Act = async (app, world, stage) => {
  const { bundled, good } = world.versions;
  stage.act(`${good} is published: it is staged while ${bundled} goes on running`);
  await stageRelease(app, world, good);
  await world.expectAnswer(bundled);
  stage.user(`Update ready: ${good} starts with the next restart`);
};

const apply: Act = async (app, world, stage) => {
  const { good } = world.versions;
  stage.act(`The user restarts: ${good} is applied`);
  await restartInto(app, world, good);
  stage.user(`The app runs: ${good} answers`);
};

const prove: Act = async (app, world, stage) => {
  const { good } = world.versions;
  stage.act(`Three healthy launches make ${good} one to fall back to`);
  await restartInto(app, world, good);
  const trusted = eventOf(app, 'runtime:trusted');
  await restartInto(app, world, good);
  const { version } = await trusted;
  expectThat(version === good, `${good} trusted`, version);
  stage.user(`${good} is known-good from now on`);
};

const updateToBroken: Act = async (app, world, stage) => {
  const { broken } = world.versions;
  stage.act(`${broken} is published, and it is broken; nobody can know yet`);
  await stageRelease(app, world, broken);
  stage.user(`Update ready: ${broken} starts with the next restart`);
};

const fall: Act = async (app, world, stage) => {
  const { good, broken } = world.versions;
  stage.act(`The user restarts: ${broken} dies at start, and the same launch falls back to ${good}`);
  const told = eventOf(app, 'runtime:rolled-back');
  await restartInto(app, world, good);
  const { version, running, reason } = await told;
  expectThat(version === broken && running === good, `${broken} rolled back to ${good}`, {
    version,
    running,
  });
  stage.user(`${broken} did not start; ${running} runs instead`);
  stage.because(`Marked bad: ${reason}`);
};

const refuse: Act = async (app, world, stage) => {
  const { broken } = world.versions;
  stage.act(`The next check: ${broken} is still the newest, and it is refused`);
  const outcome = await app.check();
  if (outcome.outcome !== 'bad-version') throw new DemoError(`expected bad-version, got ${outcome.outcome}`);
  expectThat(outcome.version === broken, `${broken} refused`, outcome);
  stage.user(`No update: ${broken} is marked bad`);
  stage.because(`${outcome.mark.cause}, since ${outcome.mark.firstSeen}: ${outcome.mark.reason}`);
};

const heal: Act = async (app, world, stage) => {
  const { healed } = world.versions;
  stage.act(`${healed} is published: it heals the app`);
  await stageRelease(app, world, healed);
  await restartInto(app, world, healed);
  stage.user(`The app runs: ${healed} answers`);
};

/** Tells the whole story and holds each step against what was said. The app is stopped in any case. */
export const tell = async (world: World, stage: Stage, signal: AbortSignal): Promise<void> => {
  const app = createStagedoor(world.options);
  app.on('chart:state', stage.state);
  app.on('update:progress', stage.progress);
  const pids = new Set<number>();
  app.on('runtime:ready', ({ pid }) => pid !== null && pids.add(pid));
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const interrupted = new Promise<never>((_, reject) => {
    const why = (): unknown =>
      signal.aborted ? signal.reason : new DemoError(`the story has not ended within ${patienceMs / 1000} s`);
    limit.addEventListener('abort', () => reject(why()), { once: true });
  });
  interrupted.catch(() => 'raced below');
  try {
    for (const act of [first, update, apply, prove, updateToBroken, fall, refuse, heal]) {
      limit.throwIfAborted();
      await Promise.race([act(app, world, stage), interrupted]);
    }
    stage.act('The app quits');
  } finally {
    await app.stop();
  }
  const left = [...pids].filter(isAlive);
  expectThat(left.length === 0, 'no runtime to be left running', left);
};
