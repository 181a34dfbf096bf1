import tls from 'node:tls';
import { StagedoorError } from '../failure.ts';

/** The URL of the proxy that leads to an address, as the system says; null: none is needed. */
export type ProxyFor = (url: string) => Promise<string | null>;

/** What a shell knows of the way to a registry beside npm's configuration. */
export type Route = {
  readonly proxyFor?: ProxyFor | undefined;
  /** Certificates of the system's own store count, too: those of companies are often nowhere else. */
  readonly systemCertificates?: boolean | undefined;
};

type Flat = Readonly<Record<string, unknown>>;

const proxyProtocols: ReadonlySet<string> = new Set([
  'http:',
  'https:',
  'socks:',
  'socks4:',
  'socks5:',
  'socks5h:',
]);
const variables: ReadonlySet<string> = new Set(['https_proxy', 'http_proxy', 'proxy']);

/** npm's configuration and the usual variables are somebody's own choice: the system is not asked then. */
const isChosen = ({ proxy, httpsProxy }: Flat): boolean =>
  Boolean(proxy) ||
  Boolean(httpsProxy) ||
  Object.entries(process.env).some(([name, value]) => variables.has(name.toLowerCase()) && value !== '');

const unknownProxy = (cause?: unknown): StagedoorError =>
  new StagedoorError('REGISTRY_UNREACHABLE', 'the system did not say which proxy leads to the registry', {
    cause,
    hint: 'Check the proxy settings of the system, or set proxy in .npmrc.',
  });

/** A script on somebody's server may be what decides: it must not hold up a check for ever. */
const askLimitMs = 10_000;

/** Rejects when the answer is no longer wanted, or takes too long. */
const withinReason = (signal: AbortSignal | undefined): { over: Promise<never>; end(): void } => {
  const limit = AbortSignal.timeout(askLimitMs);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const ended = new AbortController();
  const over = new Promise<never>((_, reject) => {
    if (either.aborted) reject(either.reason);
    either.addEventListener('abort', () => reject(either.reason), { signal: ended.signal });
  });
  return { over, end: () => ended.abort() };
};

const askSystem = async (
  ask: ProxyFor,
  registry: string,
  signal: AbortSignal | undefined,
): Promise<string | null> => {
  const { over, end } = withinReason(signal);
  let answer: unknown;
  try {
    answer = await Promise.race([ask(registry), over]);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw unknownProxy(error);
  } finally {
    end();
  }
  if (answer === null) return null;
  const url = typeof answer === 'string' && URL.canParse(answer) ? new URL(answer) : null;
  if (url === null || !proxyProtocols.has(url.protocol)) throw unknownProxy();
  return url.href;
};

const textsOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter(item => typeof item === 'string');

type ReadCertificates = (kind: 'default' | 'system') => readonly string[];

const storeReader = (): ReadCertificates | undefined => {
  const read: unknown = Object.entries(tls).find(([name]) => name === 'getCACertificates')?.[1];
  return typeof read === 'function' ? (read as ReadCertificates) : undefined;
};

/** Node before 22.15 can't read the system's store; then npm's own setting stays as it is. */
const certificates = (flat: Flat): readonly string[] | undefined => {
  const read = storeReader();
  if (read === undefined) return undefined;
  // A list of our own takes the place of Node's, so that it must hold all that counted before.
  return [...new Set([...read('default'), ...read('system'), ...textsOf(flat.ca)])];
};

/** Settings for pacote that follow from the way to the registry. Rejects with REGISTRY_UNREACHABLE. */
export const routeSettings = async (
  { proxyFor, systemCertificates = false }: Route,
  flat: Flat,
  registry: string,
  signal?: AbortSignal,
): Promise<Flat> => {
  const proxy = proxyFor === undefined || isChosen(flat) ? null : await askSystem(proxyFor, registry, signal);
  const ca = systemCertificates ? certificates(flat) : undefined;
  return {
    ...(proxy === null ? {} : { proxy, httpsProxy: proxy, noProxy: [] }),
    ...(ca === undefined ? {} : { ca }),
  };
};
