import type { Order } from './bridge.ts';

type Verb = Order['verb'];

/** The keys that an order of each verb has, and no others. */
const keys: { readonly [Name in Verb]: readonly string[] } = {
  status: ['verb'],
  check: ['verb'],
  restartToApply: ['verb', 'when'],
  hold: ['verb'],
  release: ['verb'],
  explain: ['verb'],
};

const isVerb = (value: unknown): value is Verb => typeof value === 'string' && Object.hasOwn(keys, value);

/** What a window sent, as an order; null for anything else, also for an order with something beside it (P-38). */
export const parseOrder = (args: readonly unknown[]): Order | null => {
  const [given] = args;
  if (args.length !== 1 || typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const { verb, when }: Record<string, unknown> = { ...given };
  if (!isVerb(verb)) return null;
  const names = Object.keys(given);
  if (names.length !== keys[verb].length || !names.every(name => keys[verb].includes(name))) return null;
  if (verb !== 'restartToApply') return { verb };
  return when === 'idle' || when === 'now' ? { verb, when } : null;
};
