import { createLauncher } from 'stagedoor/launcher';
import type { LaunchInput } from '../rows/launch.ts';
import { subject } from './subject.ts';

/** A whole launch of ours until the runtime says that it is ready. */
await subject(async ({ name, store, bundled, current }: LaunchInput) => {
  const begun = performance.now();
  const launcher = createLauncher({ package: name, store, bundled, probe: 'ipc' });
  const started = await launcher.start();
  const ms = performance.now() - begun;
  await launcher.stop();
  if (started.outcome !== 'running' || started.version !== current) throw new Error(JSON.stringify(started));
  return { ms };
});
