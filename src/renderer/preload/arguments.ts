import type { RestartWhen, UiEvents } from '../../electron/bridge.ts';

/** Whatever a page passes, in few words. */
const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'an array' : typeof value;
};

const eventNames = {
  state: true,
  'update-staged': true,
  'rolled-back': true,
} as const satisfies Record<keyof UiEvents, true>;

/** `when` of the options of `restartToApply`. Throws a `TypeError` that names the argument. */
export const whenIn = (options: unknown): RestartWhen => {
  if (options === undefined) return 'idle';
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new TypeError(`restartToApply: options must be an object, got ${shown(options)}`);
  const { when = 'idle', ...others }: { when?: unknown } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`restartToApply: options has no ${shown(unknown)}`);
  if (when !== 'idle' && when !== 'now')
    throw new TypeError(`restartToApply: options.when must be "idle" or "now", got ${shown(when)}`);
  return when;
};

export const assertSubscription = (name: unknown, listener: unknown): void => {
  if (typeof name !== 'string' || !Object.hasOwn(eventNames, name))
    throw new TypeError(`on: name must be one of ${Object.keys(eventNames).join(', ')}, got ${shown(name)}`);
  if (typeof listener !== 'function')
    throw new TypeError(`on: listener must be a function, got ${shown(listener)}`);
};
