/** Threads that are given options or an environment of their own would lose the lock on the way (K-06). */
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

const register = path.join(__dirname, 'core-lock-register.cjs');

/** What whoever is guarded reads of its environment. */
const carried = [
  'STAGEDOOR_CORE_LOCK_PATH',
  'STAGEDOOR_NATIVE_DIRS',
  'STAGEDOOR_NATIVE_ABI',
  'STAGEDOOR_ENTRY',
] as const;

type Environment = Readonly<Record<string, unknown>>;
type Options = { readonly execArgv?: unknown; readonly env?: unknown };

const lockVariables = (): Environment =>
  Object.fromEntries(
    carried.map(name => [name, process.env[name]] as const).filter(([, value]) => value !== undefined),
  );

/** Options that Node takes for a whole process are refused in a list, so that an inherited one stays as it is. */
const nodeOptions = ({ NODE_OPTIONS: given }: Environment): string => {
  const file = register.replace(/["\\]/g, '\\$&');
  return `--require "${file}"${given === undefined ? '' : ` ${String(given)}`}`;
};

const guardedEnv = (env: Environment, hasOwnOptions: boolean): Environment => ({
  ...env,
  ...lockVariables(),
  ...(hasOwnOptions ? {} : { NODE_OPTIONS: nodeOptions(env) }),
});

const guarded = (options: Options): Options => {
  const { execArgv, env } = options;
  const hasOwnOptions = Array.isArray(execArgv);
  return {
    ...options,
    ...(hasOwnOptions ? { execArgv: ['--require', register, ...execArgv] } : {}),
    ...(typeof env === 'object' && env !== null
      ? { env: guardedEnv(env as Environment, hasOwnOptions) }
      : {}),
  };
};

/** From now on a thread is guarded whatever it is started with. It stays the same class to whoever asks or derives from it. */
export const guardWorkers = (): void => {
  const threads = require('node:worker_threads') as { Worker: typeof import('node:worker_threads').Worker };
  const { Worker: original } = threads;
  const lasting: typeof original = new Proxy(original, {
    construct: (target, [file, options, ...rest], derived): object => {
      const given = typeof options === 'object' && options !== null ? guarded(options as Options) : options;
      return Reflect.construct(target, [file, given, ...rest], derived === lasting ? target : derived);
    },
  });
  threads.Worker = lasting;
  original.prototype.constructor = lasting;
  syncBuiltinESMExports();
};
