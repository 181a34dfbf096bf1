import type { Session } from 'electron';
import type { ProxyFor } from '../registry/route.ts';

/** Chromium's words for the kinds of proxies, and how npm writes them. */
const protocols: ReadonlyMap<string, string> = new Map([
  ['PROXY', 'http'],
  ['HTTP', 'http'],
  ['HTTPS', 'https'],
  ['SOCKS', 'socks4'],
  ['SOCKS4', 'socks4'],
  ['SOCKS5', 'socks5'],
]);

/**
 * The first entry of a list in the form of proxy scripts (`PROXY host:port; DIRECT`) as a URL; null for `DIRECT`. Throws
 * for a kind that is not known: to go without it could be what the list forbids.
 */
export const proxyUrl = (list: string): string | null => {
  const [first = ''] = list.split(';');
  const [kind = '', place = ''] = first.trim().split(/\s+/);
  if (kind === '' || kind === 'DIRECT') return null;
  const protocol = protocols.get(kind.toUpperCase());
  if (protocol === undefined || place === '') throw new Error(`the system names a proxy of the kind ${kind}`);
  return `${protocol}://${place}`;
};

/** Asks Chromium, which knows the settings of the system and its proxy scripts. */
export const proxyOf =
  (session: () => Pick<Session, 'resolveProxy'>): ProxyFor =>
  async url =>
    proxyUrl(await session().resolveProxy(url));
