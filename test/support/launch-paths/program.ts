/**
 * A runtime that does nothing before it is told to over its standard input: `serve`, `exit 0`, `throw`, `disk full`. It
 * says on standard output that it serves; with `PORT` it listens there.
 */
export const program = (version: string): string => `// ${version}
const tell = message => new Promise(resolve => process.send(message, undefined, undefined, resolve));
const { STAGEDOOR_ATTEMPT: attempt, STAGEDOOR_VERSION: launchedAs, PORT } = process.env;
const serve = async () => {
  if (PORT !== undefined) {
    const { createServer } = await import('node:http');
    const server = createServer((_, response) => response.end());
    await new Promise(resolve => server.listen(Number(PORT), '127.0.0.1', resolve));
  }
  await tell({ type: 'stagedoor.ready', attempt, version: launchedAs });
  process.stdout.write('serving\\n');
};
const fail = error => setImmediate(() => { throw error; });
const commands = {
  serve,
  'exit 0': () => process.exit(0),
  throw: () => fail(new Error('a fault of the version')),
  'disk full': () => fail(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })),
};
process.on('message', ({ type }) => type === 'stagedoor.shutdown' && process.exit(0));
process.on('disconnect', () => process.exit(0));
process.stdin.on('data', chunk => {
  for (const line of String(chunk).split('\\n')) commands[line]?.();
});
setTimeout(() => process.exit(0), 300_000);
`;
