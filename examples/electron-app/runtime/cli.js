// The runtime: everything that should be newer than the shell. `--port N` says where it is to answer.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import process from 'node:process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } }, strict: false });
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Runtime ${version}</title>
<style>body { font: 1rem/1.5 system-ui; margin: 0; }</style>
<p>Hello from runtime <strong>${version}</strong> on Node ${process.versions.node}, process ${process.pid}.</p>
</html>
`;

const server = createServer((_, response) => {
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  response.setHeader('content-type', 'text/html');
  response.end(page);
});

// As a child that is Node there is an IPC channel; stagedoor gives a utility process the same.
server.listen(Number(values.port), '127.0.0.1', () => {
  const { STAGEDOOR_ATTEMPT: attempt } = process.env;
  process.send?.({ type: 'stagedoor.ready', attempt, version });
});
process.on('message', message => {
  if (message?.type === 'stagedoor.shutdown') process.exit(0);
});
process.on('disconnect', () => process.exit(0));
