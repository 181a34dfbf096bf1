import type { SupervisorEvent } from '#machines/supervisor.js';
import { schedule } from '../charts/samples.ts';
import { isRunning } from '../launch-paths/processes.ts';
import type { Scene } from './scene.ts';

type Word = (scene: Scene) => Promise<void> | void;

const send =
  (event: SupervisorEvent): Word =>
  ({ actor }) =>
    actor.send(event);

/** Hands the end of the child to the launch, and lets it go on. */
const hearTheEnd = async ({ stage, rest }: Scene): Promise<void> => {
  await stage.child().fact('runtime.exited');
  stage.child().deliver();
  await rest();
};

const command = ({ real }: Scene, text: string): void => real.runtimes.write(Buffer.from(`${text}\n`));

let published = 0;

/** What happens in the world for each word of a path; the order of the user is chosen by what is to come of it. */
export const words: Readonly<Record<string, Word>> = {
  proven: scene => scene.serve(),
  unproven: async scene => {
    process.kill(scene.stage.child().pid(), 'SIGKILL');
    await hearTheEnd(scene);
  },
  'nothing starts': async scene => {
    while (scene.launch()?.status === 'active') {
      command(scene, 'throw');
      await hearTheEnd(scene);
    }
  },
  'ended by intention': async scene => {
    command(scene, 'exit 0');
    await hearTheEnd(scene);
  },
  'ended as ordered': hearTheEnd,
  'launch stopped by itself': async scene => {
    scene.actor.getSnapshot().children.launch?.send({ type: 'launch.stop' });
    await hearTheEnd(scene);
  },
  'launch breaks': async ({ actor, stage }) => {
    actor.getSnapshot().children.launch?.send(undefined as never);
    // The host ends what a failed chart leaves running.
    if (isRunning(stage.child().pid())) await stage.child().fact('runtime.exited');
    stage.forgetFacts();
  },
  landed: ({ actor, publish }) => {
    published += 1;
    publish(`3.${published}.0`);
    actor.send({ type: 'supervisor.update' });
  },
  time: ({ clock }) => clock.increment(schedule.firstCheckMs),
  order: send({ type: 'supervisor.order', order: { kind: 'unpin' } }),
  left: async ({ world, orders, gates }) => {
    world.putBack();
    orders.next = { kind: 'rollback', version: undefined };
    await gates.open('changeStore');
  },
  changed: async ({ orders, gates }) => {
    orders.next = { kind: 'unpin' };
    await gates.open('changeStore');
  },
  'order refused': async ({ orders, gates }) => {
    orders.next = { kind: 'pin', version: '9.9.9' };
    await gates.open('changeStore');
  },
  restart: send({ type: 'supervisor.restart', consent: false }),
  'restart with consent': send({ type: 'supervisor.restart', consent: true }),
  'lease a': send({ type: 'lease.taken', id: 'a', name: 'a' }),
  'lease b': send({ type: 'lease.taken', id: 'b', name: 'b' }),
  'end of lease a': send({ type: 'lease.ended', id: 'a' }),
  'end of lease b': send({ type: 'lease.ended', id: 'b' }),
  'supervisor.start': send({ type: 'supervisor.start' }),
  'supervisor.stop': send({ type: 'supervisor.stop' }),
  'supervisor.check': send({ type: 'supervisor.check' }),
  'supervisor.update': send({ type: 'supervisor.update' }),
  'supervisor.cancel': send({ type: 'supervisor.cancel' }),
  'supervisor.wake': send({ type: 'supervisor.wake' }),
  'supervisor.hold': send({ type: 'supervisor.hold' }),
  'supervisor.release': send({ type: 'supervisor.release' }),
};
