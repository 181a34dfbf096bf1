import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const binary = path.resolve(import.meta.dirname, '../../../dist/src/cli/main.js');

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type Surroundings = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
};

export const temporary = (name: string): string => mkdtempSync(path.join(tmpdir(), `${name}-`));

const clean = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(STAGEDOOR_|VITEST|NODE_|npm_|FORCE_COLOR)/.test(key)),
  );

/** Starts the real command line in a folder and an environment of its own. */
export const startCli = (args: readonly string[], { cwd, env }: Surroundings = {}) =>
  spawn(process.execPath, [binary, ...args], {
    cwd: cwd ?? tmpdir(),
    env: { ...clean(), npm_config_fetch_retries: '0', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });

/** Runs the real command line to its end. */
export const runCli = (args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = startCli(args, surroundings);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code, stdout, stderr }));
    child.stdin.end();
  });

/** The one JSON object on standard output; anything else there is an error. */
export const json = ({ stdout }: Ended): unknown => JSON.parse(stdout);
