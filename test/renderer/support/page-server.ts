import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** As strict as a page can be: own scripts and sheets alone, nothing inline, no strings as code. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export type PageFiles = { readonly html: string; readonly script: string; readonly style: string };

const kinds = { '/': 'text/html', '/script.js': 'text/javascript', '/style.css': 'text/css' } as const;

/** Serves the three files of a page on loopback, until the test is finished. Resolves to the address. */
export const servePage = async ({ html, script, style }: PageFiles): Promise<string> => {
  const contents: Readonly<Record<string, string>> = { '/': html, '/script.js': script, '/style.css': style };
  const server = createServer(({ url = '' }, response) => {
    const content = contents[url];
    const kind = Object.entries(kinds).find(([path]) => path === url)?.[1];
    if (content === undefined || kind === undefined) response.writeHead(404).end();
    else
      response
        .writeHead(200, { 'content-type': `${kind}; charset=utf-8`, 'content-security-policy': policy })
        .end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};
