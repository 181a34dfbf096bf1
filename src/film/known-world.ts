import { plainText } from '../cli/text.ts';
import type { Entry } from './journal-lines.ts';

type Disk = Readonly<Record<string, string>>;
type Tell = (world: World, entry: Entry) => void;

/** What a journal's facts let one know of the store and of what the user sees. */
export type World = {
  disk: Disk | null;
  window: string | null;
  running: string | null;
};

export const unknownWorld = (): World => ({ disk: null, window: null, running: null });

const record = (value: unknown): Entry =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
const list = (value: unknown): readonly Entry[] => (Array.isArray(value) ? value.map(record) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : 'an unknown version');

const write = (world: World, changes: Disk): void => {
  world.disk = { ...world.disk, ...changes };
};

const bad = (world: World, version: string): void => {
  const before = (world.disk?.['bad versions'] ?? '')
    .split(', ')
    .filter(name => name !== '' && name !== 'none');
  write(world, { 'bad versions': [...new Set([...before, version])].join(', ') });
};

const good = (world: World, version: string): void => {
  const before = world.disk?.['bad versions'];
  if (before === undefined) return;
  const left = before.split(', ').filter(name => name !== version);
  write(world, { 'bad versions': left.join(', ') || 'none' });
};

const diskNames: Readonly<Record<string, string>> = {
  override: 'pointer',
  previous: 'known-good',
  bundled: 'bundled',
  pinned: 'pin',
};
const refused: Readonly<Record<string, Disk>> = {
  'no-pointer': { pointer: 'none' },
  'invalid-pointer': { pointer: 'invalid' },
  'no-previous': { 'known-good': 'none' },
};

const resolved: Tell = (world, { candidates, refusals }) => {
  for (const { role, version } of list(candidates)) {
    const name = Object.hasOwn(diskNames, plainText(role)) ? diskNames[plainText(role)] : undefined;
    if (name !== undefined) write(world, { [name]: text(version) });
  }
  for (const { code, version } of list(refusals)) {
    write(world, refused[plainText(code)] ?? {});
    if (code === 'bad-version' && typeof version === 'string') bad(world, version);
  }
};

const tells: Readonly<Record<string, Tell>> = {
  'launch.resolved': resolved,
  'runtime:starting': (world, { version }) => {
    world.window = `${text(version)} is starting`;
  },
  'runtime:ready': (world, { version }) => {
    world.running = text(version);
    world.window = `The app runs ${world.running}`;
  },
  'runtime:trusted': (world, { version }) => write(world, { 'known-good': text(version) }),
  'runtime:exited': (world, { version, restarting }) => {
    world.running = null;
    world.window = restarting === true ? `${text(version)} has ended and is started again` : 'Nothing runs';
  },
  'runtime:rolled-back': (world, { version, running }) => {
    bad(world, text(version));
    if (world.disk?.pointer === version) write(world, { pointer: 'none' });
    world.running = text(running);
    world.window = `${text(version)} was left: it does not work here. The app runs ${world.running}`;
  },
  'runtime:exhausted': (world, { error }) => {
    world.running = null;
    world.window = `Nothing starts: ${plainText(record(error).message ?? 'the reason is unknown')}`;
  },
  'runtime:update-staged': (world, { version }) => {
    write(world, { pointer: text(version) });
    const now = world.running === null ? '' : `The app runs ${world.running}. `;
    world.window = `${now}${text(version)} is ready: restart to apply`;
  },
  'update:outgrown': (world, { version }) => {
    const now = world.running === null ? '' : `The app runs ${world.running}. `;
    world.window = `${now}${text(version)} needs a newer shell`;
  },
  'update:settled': (world, { outcome, version }) => {
    if (outcome === 'bad-version') bad(world, text(version));
  },
  'order:pin': (world, { version }) => write(world, { pin: text(version) }),
  'order:unpin': world => write(world, { pin: 'none' }),
  'order:rollback': (world, { from }) => {
    if (typeof from === 'string') bad(world, from);
  },
  'order:forgive': (world, { version }) => good(world, text(version)),
};

/** Takes in one fact; one that is not known here changes nothing. */
export const learn = (world: World, entry: Entry): void => {
  const name = plainText(entry.event);
  if (Object.hasOwn(tells, name)) tells[name]?.(world, entry);
};

/** Where the launch chart stands is seen by the user, too: a runtime that is being ended, for one. */
export const learnLaunch = (world: World, state: string): void => {
  if (world.running === null || !/^alive\.(?:applying|stopping)$/.test(state)) return;
  world.window = `${world.running} is being ended`;
  world.running = null;
};
