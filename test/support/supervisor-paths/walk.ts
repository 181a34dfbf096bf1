import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { SupervisorContext } from '#machines/supervisor.js';
import type { Path } from '../charts/exploration.ts';
import type { Worded } from '../launch-paths/model.ts';
import { childrenBelow } from '../launch-paths/processes.ts';
import { differences } from '../launch-paths/versions.ts';
import { inTime, wordsOf } from '../launch-paths/walk.ts';
import { type Scene, type SceneOptions, setTheScene } from './scene.ts';
import { words } from './words.ts';

const view = (state: { readonly value: unknown; readonly context: SupervisorContext }) => ({
  value: state.value,
  leases: state.context.leases.map(({ id }) => id),
});

const hasLeases = ({ actor }: Scene): boolean => actor.getSnapshot().context.leases.length > 0;
/** What ends a child although work is running: consent, a stop, or its own end. */
const endsWork: readonly string[] = [
  'restart with consent',
  'supervisor.stop',
  'unproven',
  'nothing starts',
  'ended by intention',
  'launch stopped by itself',
  'launch breaks',
];

/** What must hold whatever the charts say, looked at in the process table, on the disk and at the registry. */
const brokenRules = (scene: Scene, word: string, before: ReturnType<typeof lookAt>): string[] => {
  const broken: string[] = [];
  const now = lookAt(scene);
  const { runtime } = scene.actor.getSnapshot().value;
  if (now.children.length > 1) broken.push('two children at once');
  if (typeof runtime === 'string' && now.children.length > 0)
    broken.push(`P-30: a child lives although the runtime is ${runtime}`);
  const stopping = scene.actor.getSnapshot().matches({ runtime: { launched: 'stopping' } });
  if (typeof runtime === 'object' && !stopping && now.children.length === 0)
    broken.push('P-06: nothing runs although something is launched');
  const gone = before.children.some(pid => !now.children.includes(pid));
  if (before.busy && now.busy && before.healthy && gone && !endsWork.includes(word))
    broken.push(`running work was interrupted by ${word}`);
  const asked = ['supervisor.check', 'supervisor.update', 'landed'].includes(word);
  if (scene.actor.getSnapshot().context.schedule === null && now.requests > before.requests && !asked)
    broken.push(`C-04: the registry was asked by ${word}`);
  if (now.requests > before.requests && word === 'supervisor.stop')
    broken.push('C-03: the registry was asked after a stop');
  return broken;
};

/** What the process table and the registry say now. */
const lookAt = (scene: Scene) => {
  const living = childrenBelow(scene.world.dir);
  return {
    children: living.map(({ pid }) => pid),
    entries: living.map(({ entry }) => entry),
    busy: hasLeases(scene),
    healthy: scene.actor.getSnapshot().hasTag('healthy'),
    requests: scene.registry.requests.length,
  };
};

export const walk = async (path: Path, options: SceneOptions): Promise<string[]> => {
  const scene = setTheScene(options);
  const { actor } = scene;
  const wrong: string[] = [];
  let at = 0;
  const note = (what: string): void => {
    const way = wordsOf(path)
      .slice(0, at + 1)
      .join(' → ');
    wrong.push(`${what}, after ${at + 1} of ${path.length} steps: ${way}`);
  };
  try {
    actor.start();
    options.coverage.visit(actor);
    for (const { event, state } of path) {
      const { word } = event as Worded;
      const act = words[word];
      if (act === undefined) throw new Error(`no such word: ${word}`);
      const before = lookAt(scene);
      await inTime(Promise.resolve(act(scene)));
      await inTime(scene.rest());
      const [wanted, got] = [view(state as never), view(actor.getSnapshot())];
      if (!isDeepStrictEqual(wanted, got))
        note(`the chart is at ${JSON.stringify(got)} and the model at ${JSON.stringify(wanted)}`);
      for (const rule of brokenRules(scene, word, before)) note(rule);
      if (wrong.length > 0) break;
      at += 1;
    }
    if (wrong.length === 0) await inTime(stop(scene, note));
  } catch (error) {
    note(String(error));
  }
  for (const fault of scene.faults) note(`the chart broke: ${String(fault)}`);
  await scene.close();
  // What a runtime that was ended leaves to be written comes after its end.
  await rm(options.dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  return wrong;
};

/** From wherever a path has ended: the host quits. */
const stop = async (scene: Scene, note: (what: string) => void): Promise<void> => {
  const { actor, stage } = scene;
  for (const version of ['3.0.0', '2.0.0'])
    if (
      lookAt(scene).entries.some(entry => entry.includes(version)) &&
      differences(scene.world.layout.version(version), version).length > 0
    )
      note(`P-09: what runs as ${version} is not what was staged`);
  actor.send({ type: 'supervisor.stop' });
  await scene.rest();
  if (actor.getSnapshot().matches({ runtime: 'launched' })) {
    await stage.child().fact('runtime.exited');
    stage.child().deliver();
    await scene.rest();
  }
  if (actor.getSnapshot().matches({ runtime: 'launched' })) note('P-31: the stop does not end');
  if (childrenBelow(scene.world.dir).length > 0) note('P-30: a child outlives the stop');
};
