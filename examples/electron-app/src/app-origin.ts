import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';

/** The app's pages have an origin of their own: pages from `file:` may read other files. */
export const appOrigin = 'app://main';

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

const policy = (runtime: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `frame-src ${runtime}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');

const answer = async (url: string, runtime: string): Promise<Response> => {
  const { origin, pathname } = new URL(url);
  const file = origin === appOrigin || url.startsWith(`${appOrigin}/`) ? files[pathname] : undefined;
  if (file === undefined) return new Response('not found', { status: 404 });
  const body = await readFile(new URL(`page/${file.name}`, import.meta.url));
  return new Response(new Uint8Array(body), {
    headers: {
      'content-type': file.type,
      'content-security-policy': policy(runtime),
      'x-content-type-options': 'nosniff',
    },
  });
};

/** Serves the app's pages, which may show the runtime's page in a frame and nothing else from anywhere. */
export const serveApp = (runtime: string): void => {
  protocol.handle('app', ({ url }) => answer(url, runtime));
};
