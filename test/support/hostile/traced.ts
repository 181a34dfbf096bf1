import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../folder.ts';

/** Why programs can't be traced here; null where they can. */
export const noTracing = ((): string | null => {
  const { error, status } = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']);
  if (error !== undefined) return 'needs strace';
  return status === 0 ? null : 'needs the right to trace';
})();

export type Traced = {
  readonly code: number | null;
  readonly stdout: string;
  /** Every program that it or a child of it started or tried to start, its own start included. */
  readonly started: readonly string[];
};

/** Runs a program of Node to its end and lists all attempts to execute something. */
export const trace = (args: readonly string[], cwd: string): Promise<Traced> =>
  new Promise((resolve, reject) => {
    const calls = path.join(temporaryFolder('stagedoor-trace'), 'calls');
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(STAGEDOOR_|VITEST|NODE_|npm_)/.test(name)),
    );
    const options = ['-f', '-qq', '-s', '200', '-e', 'trace=execve,execveat', '-o', calls];
    const child = spawn('strace', [...options, process.execPath, ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    child.on('error', reject);
    child.on('close', code => {
      const lines = readFileSync(calls, 'utf8').split('\n');
      resolve({ code, stdout, started: lines.filter(line => /\bexecve(at)?\(/.test(line)) });
    });
  });
