/** Threads that are given options or an environment of their own would lose the lock on the way (K-06). */
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import type { Variables } from './core-lock-variables.cjs';

const register = path.join(__dirname, 'core-lock-register.cjs');

type Environment = Readonly<Record<string, unknown>>;
type Options = { readonly execArgv?: unknown; readonly env?: unknown };

/** Whether options load our file already. */
const areOurs = (words: readonly unknown[]): boolean =>
  words.some(word => String(word).includes('core-lock-register'));

/** A thread goes by the options of its process, where it is given none, but by the environment that it is given. */
const nodeOptions = ({ NODE_OPTIONS: given }: Environment): Environment => {
  if (areOurs([...process.execArgv, given])) return {};
  const file = register.replace(/["\\]/g, '\\$&');
  return { NODE_OPTIONS: `--require "${file}"${given === undefined ? '' : ` ${String(given)}`}` };
};

const guardedEnv = (env: Environment, variables: Variables, hasOwnOptions: boolean): Environment => ({
  ...env,
  ...variables,
  ...(hasOwnOptions ? {} : nodeOptions(env)),
});

/** The environment that a thread would have: what was taken out of ours is missing there, too. */
const inherited = (env: unknown, variables: Variables): { readonly env?: Environment } => {
  const missing = Object.keys(variables).some(name => process.env[name] === undefined);
  if (!missing) return {};
  if (typeof env !== 'symbol') return { env: { ...process.env, ...variables } };
  // It is the same for both.
  Object.assign(process.env, variables);
  return {};
};

const guarded = (options: Options, variables: Variables): Options => {
  const { execArgv, env } = options;
  const hasOwnOptions = Array.isArray(execArgv);
  return {
    ...options,
    ...(hasOwnOptions && !areOurs(execArgv) ? { execArgv: ['--require', register, ...execArgv] } : {}),
    ...(typeof env === 'object' && env !== null
      ? { env: guardedEnv(env as Environment, variables, hasOwnOptions) }
      : inherited(env, variables)),
  };
};

/** From now on a thread is guarded whatever it is started with. It stays the same class to whoever asks or derives from it. */
export const guardWorkers = (variables: () => Variables): void => {
  const threads = require('node:worker_threads') as { Worker: typeof import('node:worker_threads').Worker };
  const { Worker: original } = threads;
  const lasting: typeof original = new Proxy(original, {
    construct: (target, [file, options, ...rest], derived): object => {
      const isGiven = typeof options === 'object' && options !== null;
      const given =
        isGiven || options === undefined ? guarded((options ?? {}) as Options, variables()) : options;
      return Reflect.construct(target, [file, given, ...rest], derived === lasting ? target : derived);
    },
  });
  threads.Worker = lasting;
  original.prototype.constructor = lasting;
  syncBuiltinESMExports();
};
