import path from 'node:path';
import envPaths from 'env-paths';

/** `$XDG_CACHE_HOME/stagedoor` on every system where that is set to an absolute path, else the platform's cache folder (N-03). */
export const cacheFolder = (): string => {
  const chosen = process.env.XDG_CACHE_HOME ?? '';
  if (path.isAbsolute(chosen)) return path.join(chosen, 'stagedoor');
  return envPaths('stagedoor', { suffix: '' }).cache;
};
