import { setTimeout as after, setImmediate as turn } from 'node:timers/promises';
import type { Layout } from '#src/store/layout.js';
import type { Camera } from './camera.ts';
import { isNoted } from './noted-child.ts';
import { type ShellParts, turns } from './shell-parts.ts';

/** Makes a shell go on, one thing after the other. */
export type Player = {
  /** Lets everything happen that happens by itself, until nothing is left or until it holds. */
  readonly play: (until?: () => boolean) => Promise<void>;
  /** Waits for the next thing of those that are under way. */
  readonly happen: () => Promise<void>;
  /** The end of a child that was up: it is told only where the story has it. */
  readonly mourn: () => Promise<void>;
  /** Waits until the store knows of the running child. */
  readonly noted: () => Promise<void>;
};

/** Lets whoever waits for a settled promise hear of it. */
const breathe = async (): Promise<void> => {
  for (let round = 0; round < 4; round += 1) await turn();
};

const longestWaitMs = 20_000;

export const createPlayer = (
  { actor, gates, progress }: ShellParts,
  layout: Layout,
  camera: Camera,
  isDead: () => boolean,
): Player => {
  const mayEnd = (): boolean => {
    const launch = actor.getSnapshot().children.launch?.getSnapshot();
    return launch?.hasTag('healthy') !== true;
  };
  const happen = async (): Promise<void> => {
    const late = new AbortController();
    const lateness = after(longestWaitMs, undefined, { signal: late.signal, ref: false }).then(() => {
      const places = Object.values(camera.places()).join(' | ');
      throw new Error(`nothing happens any more at ${places}: ${progress.describe()}`);
    });
    try {
      await Promise.race([progress.change(), lateness]);
    } finally {
      lateness.catch(() => undefined);
      late.abort();
    }
  };
  const tidied = (name: string): void => {
    if (name !== 'tidy') return;
    camera.trace(
      'behind the running app',
      'What is left over is swept, and versions that nothing needs are removed.',
    );
  };

  const play = async (until: () => boolean = () => false): Promise<void> => {
    for (;;) {
      await breathe();
      if (isDead()) return;
      camera.flush();
      if (until()) return;
      const tell = progress.take(mayEnd());
      const call = tell === null && !progress.isBusy() ? gates.first(turns) : undefined;
      if (tell !== null) tell();
      else if (progress.isBusy()) await happen();
      else if (call === undefined) return;
      else {
        await progress.track(call.begin());
        if (!isDead()) tidied(call.name);
      }
    }
  };
  const noted = async (): Promise<void> => {
    for (let pid = progress.pid(); pid !== null && !isNoted(layout, pid); pid = progress.pid())
      await after(5);
  };
  const mourn = async (): Promise<void> => {
    while (!progress.hasEnded()) await happen();
    progress.take(true)?.();
    await play();
  };

  return { play, happen, mourn, noted };
};
