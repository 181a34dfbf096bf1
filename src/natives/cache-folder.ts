import os from 'node:os';
import path from 'node:path';
import envPaths from 'env-paths';

/**
 * `$XDG_CACHE_HOME/stagedoor` wherever that is set to an absolute path, on every system; else the platform's cache folder
 * (N-03). A relative path counts as unset: it would mean another place in every folder.
 */
export const cacheFolder = (): string => {
  const chosen = process.env.XDG_CACHE_HOME ?? '';
  if (path.isAbsolute(chosen)) return path.join(chosen, 'stagedoor');
  const usual = envPaths('stagedoor', { suffix: '' }).cache;
  return path.isAbsolute(usual) ? usual : path.join(os.homedir(), '.cache', 'stagedoor');
};
