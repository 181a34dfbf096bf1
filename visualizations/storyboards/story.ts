import type { PluginInstallInput } from '#machines/plugin-install.js';
import type { ChartPlaces, Film } from '#src/film/film.js';
import type { StagedoorOptions } from '#src/index.js';
import { type Camera, createCamera, nowhere } from './camera.ts';
import { type DiskView, viewDisk } from './disk-view.ts';
import { plainText } from './plain-text.ts';
import { openPluginCommand, type PluginCommand } from './plugin-command.ts';
import { pluginName } from './plugins-world.ts';
import { openShell, type Shell } from './shell.ts';
import { createWorld, type World } from './world.ts';

/** Where a story plays. */
export type Stage = World & {
  /** A process of the app that is filmed. */
  readonly shell: (options?: Partial<StagedoorOptions>) => Shell;
  /** Another one beside it that is not. */
  readonly anotherShell: (options?: Partial<StagedoorOptions>) => Shell;
  /** A process of `stagedoor plugin add`, or `remove`. */
  readonly plugin: (task: PluginInstallInput['task']) => PluginCommand;
  /** Something outside of the charts, and what it does. */
  readonly happens: (by: string, says: string, work?: () => unknown) => Promise<void>;
  /** What comes before the film begins; the last thing that is seen of it is its first frame. */
  readonly before: (says: string, work?: () => unknown) => Promise<void>;
};

/** A path through the charts, played on the real effects. */
export type Story = {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** It is about a deadline of real time, which a machine that is held up would miss. */
  readonly timed?: boolean;
  /** The tree of native modules is shown, too. */
  readonly aboutNatives?: boolean;
  /** Nothing of the store is shown but the plugins, and the lock that they are held against. */
  readonly aboutPlugins?: boolean;
  /** What its summary claims of its last frame; texts that must be in there. */
  readonly ends: {
    readonly places?: Partial<ChartPlaces>;
    readonly disk?: Readonly<Record<string, string>>;
    readonly window?: string;
  };
  readonly play: (stage: Stage) => Promise<void>;
};

const unseen: Camera = {
  frames: [],
  places: () => nowhere,
  step: () => undefined,
  repaint: () => undefined,
  flush: () => undefined,
  outside: () => undefined,
  trace: () => undefined,
  lose: () => undefined,
  record: () => undefined,
};

/** What of the disk a story is about. */
const diskOf =
  ({ aboutNatives, aboutPlugins }: Story, world: World) =>
  (): DiskView => {
    if (aboutPlugins === true) return world.pluginLines();
    const store = viewDisk(world.layout);
    return aboutNatives === true ? { ...store, 'native tree': world.treeLine() } : store;
  };

/** Plays a story in a world of its own and gives back its film. */
export const film = async (story: Story): Promise<Film> => {
  const { id, title, summary, play } = story;
  const world = await createWorld();
  const plain = plainText({
    [world.dir]: '<app>',
    [world.registry.url]: 'http://registry',
    [process.execPath]: '<node>',
    ...world.names,
  });
  const camera = createCamera(diskOf(story, world), plain);
  const shells: Shell[] = [];
  const open = (seen: Camera, options: Partial<StagedoorOptions>): Shell => {
    const shell = openShell({ ...world.options, ...options }, world.layout, seen);
    shells.push(shell);
    return shell;
  };
  try {
    await play({
      ...world,
      shell: (options = {}) => open(camera, options),
      anotherShell: (options = {}) => open(unseen, options),
      plugin: task => {
        const wish = { ecosystem: 'npm', name: pluginName, spec: null } as const;
        return openPluginCommand(world.options, { task, wish }, world.pluginStore, camera);
      },
      happens: async (by, says, work = () => undefined) => {
        await work();
        camera.outside(by, says);
      },
      before: async (says, work = () => undefined) => {
        camera.record(false);
        await work();
        if (story.aboutPlugins === true) camera.lose('A terminal with nothing in it.');
        camera.record(true);
        camera.outside('before', says);
      },
    });
    return { schema: 1, id, title, summary, frames: [...camera.frames] };
  } finally {
    camera.record(false);
    for (const shell of shells) await shell.dispose();
    await world.remove();
  }
};
