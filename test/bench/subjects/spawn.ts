import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { LaunchInput } from '../rows/launch.ts';
import { subject } from './subject.ts';

/** The yardstick: the same runtime, spawned as it is, until it says that it is ready. */
await subject(async ({ store, current }: LaunchInput) => {
  const entry = `${store}/versions/${current}/cli.js`;
  const begun = performance.now();
  const child = fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  const ms = performance.now() - begun;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return { ms };
});
