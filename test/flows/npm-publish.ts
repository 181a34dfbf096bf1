import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The environment without what npm tells its scripts, and with a user's `.npmrc` of our own. */
export const npmEnvironment = (userconfig: string): Record<string, string> => {
  const own = Object.entries(process.env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !/^npm_|^STAGEDOOR_|^VITEST/i.test(pair[0]),
  );
  return { ...Object.fromEntries(own), npm_config_userconfig: userconfig };
};

/** The real `npm publish` of a folder. */
export const npmPublish = async (folder: string, userconfig: string, args: readonly string[] = []) => {
  // npm is a script on Windows: only a shell can start it.
  const shell = process.platform === 'win32';
  await run('npm', ['publish', ...args], { cwd: folder, env: npmEnvironment(userconfig), shell });
};
