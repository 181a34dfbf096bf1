import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type Surroundings, startCli } from './command-line.ts';

/** The real command line as it serves the viewer; it is ended with the test. */
export const startViewer = async (args: readonly string[], surroundings: Surroundings = {}) => {
  const child = startCli(args, surroundings);
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const said = { stdout: '', stderr: '' };
  const told = new Promise<string>(resolve => {
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', chunk => {
        said[name] += chunk;
        const [address] = /http:\/\/127\.0\.0\.1:\d+\/[\w-]+\//.exec(said.stdout) ?? [];
        if (address !== undefined && said.stdout.endsWith('\n')) resolve(address);
      });
  });
  const early = closed.then(([code]) => {
    throw new Error(`it ended with ${code}: ${said.stdout}${said.stderr}`);
  });
  const address = await Promise.race([told, early]);
  early.catch(() => undefined);
  return { address, said, child, ended: closed.then(([code]) => ({ code: Number(code), ...said })) };
};
