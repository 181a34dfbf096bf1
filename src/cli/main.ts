#!/usr/bin/env node
import process from 'node:process';
import { ownVersion } from '../version.ts';
import { invoke } from './invoke.ts';

const drained = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise(resolve => {
    if (stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });

// A reader that went away (`stagedoor status | head -1`) is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const code = await invoke({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  version: ownVersion,
});
await Promise.all([drained(process.stdout), drained(process.stderr)]);
process.exit(code);
