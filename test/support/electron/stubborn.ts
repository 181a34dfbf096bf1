/** A runtime that ignores every signal and wish, with a child of its own in another group that ignores them, too. */
export const stubborn: Readonly<Record<string, string>> = {
  'cli.js': `
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const ignore = "for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => undefined);";
const child = spawn(process.execPath, ['-e', ignore + "setTimeout(() => undefined, 300000); process.stdout.write('up');"], {
  detached: true,
  stdio: ['ignore', 'pipe', 'ignore'],
});
await once(child.stdout, 'data');
child.unref();
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => undefined);
process.on('message', () => undefined);
setTimeout(() => process.exit(1), 300000);
process.stdout.write('family ' + JSON.stringify([process.pid, child.pid]) + '\\n');
const { STAGEDOOR_ATTEMPT: attempt, STAGEDOOR_VERSION: version } = process.env;
process.send({ type: 'stagedoor.ready', attempt, version });
`,
};
