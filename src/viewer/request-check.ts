import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a request is answered with. */
export type Wanted =
  | { readonly kind: 'page' | 'given' | 'live' | 'lines' }
  | { readonly kind: 'refusal'; readonly status: 403 | 404 | 405; readonly allow?: string };

export type Asked = {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
};

/** What this server is: its port, its token, and whether processes may tell it something. */
export type Door = { readonly port: number; readonly token: string; readonly isLive: boolean };

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const ownHosts = (port: number): readonly string[] =>
  ['127.0.0.1', 'localhost', '[::1]'].flatMap(host =>
    port === 80 ? [host, `${host}:80`] : [`${host}:${port}`],
  );

/** Another site's name that leads to this machine is not ours (DNS rebinding); neither is another site's script. */
const isForeign = ({ host, origin }: IncomingHttpHeaders, port: number): boolean => {
  const hosts = ownHosts(port);
  if (host === undefined || !hosts.includes(host.toLowerCase())) return true;
  return origin !== undefined && !hosts.some(own => origin.toLowerCase() === `http://${own}`);
};

const refusal = (status: 403 | 404): Wanted => ({ kind: 'refusal', status });

const places = (isLive: boolean): Readonly<Record<string, Readonly<Record<string, Wanted['kind']>>>> => ({
  '': isLive ? { GET: 'page', POST: 'lines' } : { GET: 'page' },
  given: { GET: 'given' },
  ...(isLive ? { live: { GET: 'live' } } : {}),
});

/** Decides by names and token alone; whoever has not got the token learns nothing. */
export const checkRequest = ({ method = '', url = '', headers }: Asked, door: Door): Wanted => {
  if (isForeign(headers, door.port)) return refusal(403);
  const [, token = '', place, ...deeper] = url.replace(/\?.*$/, '').split('/');
  if (!isSame(token, door.token) || place === undefined || deeper.length > 0) return refusal(404);
  const known = places(door.isLive);
  const methods = Object.hasOwn(known, place) ? known[place] : undefined;
  if (methods === undefined) return refusal(404);
  const kind = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (kind === undefined || kind === 'refusal') {
    return { kind: 'refusal', status: 405, allow: Object.keys(methods).join(', ') };
  }
  return { kind };
};
