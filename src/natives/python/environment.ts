import { randomUUID } from 'node:crypto';
import { childEnvironment } from '../../process/environment.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Of uv's own, what says where packages come from and how they are reached. */
const uvKept =
  /^UV_(?:DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|INDEX_\w+_(?:USERNAME|PASSWORD)|HTTP_TIMEOUT|REQUEST_TIMEOUT|HTTP_RETRIES|NATIVE_TLS|SYSTEM_CERTS|INSECURE_HOST|KEYRING_PROVIDER|CACHE_DIR|NO_CACHE|OFFLINE|CONFIG_FILE)$/;

/** A user's own Python path, start-up file and venv are not the interpreter's. */
const dropped = /^(?:PYTHON|__PYVENV|VIRTUAL_ENV$|CONDA_PREFIX$)/;

/** Names the run: what a build leaves behind is known by it. */
export const runMark = 'STAGEDOOR_ATTEMPT';

/** For an interpreter that works on packages. pip's variables stay: they are read before they are replaced. */
export const pythonEnvironment = (base: Environment = process.env): Record<string, string> => {
  const inherited = childEnvironment(base, { entry: '', attempt: randomUUID(), version: '' });
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    const upper = name.toUpperCase();
    if (!dropped.test(upper) && (!upper.startsWith('UV_') || uvKept.test(upper))) env[name] = value;
  }
  return { ...env, PYTHONNOUSERSITE: '1', PYTHONDONTWRITEBYTECODE: '1', LC_ALL: 'C.UTF-8' };
};
