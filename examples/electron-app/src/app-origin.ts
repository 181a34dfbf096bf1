import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';

/** The app's pages have an origin of their own: pages from `file:` may read other files. */
const appHost = 'main';
export const appOrigin: string = `app://${appHost}`;

/** Before Electron is ready. */
export const declareAppOrigin = (): void => {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
};

/** All there is: no path of a request ever becomes a path on disk. */
const files: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/': { name: 'index.html', type: 'text/html' },
  '/page.js': { name: 'page.js', type: 'text/javascript' },
  '/page.css': { name: 'page.css', type: 'text/css' },
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** What another program says is shown in a sandboxed frame, and can neither run nor load anything. */
const runtimePolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

const respond = (body: string, type: string, contentPolicy: string): Response =>
  new Response(body, {
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': contentPolicy,
      'x-content-type-options': 'nosniff',
    },
  });

const runtimePage = async (runtime: string): Promise<Response> => {
  try {
    return respond(await (await fetch(runtime)).text(), 'text/html', runtimePolicy);
  } catch {
    return respond('The runtime does not answer.', 'text/plain', runtimePolicy);
  }
};

const answer = async (url: string, runtime: string): Promise<Response> => {
  const { host, pathname } = new URL(url);
  if (host === appHost && pathname === '/runtime') return runtimePage(runtime);
  const file = host === appHost ? files[pathname] : undefined;
  if (file === undefined) return new Response('not found', { status: 404 });
  const body = await readFile(new URL(`page/${file.name}`, import.meta.url), 'utf8');
  return respond(body, file.type, policy);
};

/** Serves the app's pages, and the page of the runtime beside them: no page reaches anything else. */
export const serveApp = (runtime: string): void => {
  protocol.handle('app', ({ url }) => answer(url, runtime));
};
