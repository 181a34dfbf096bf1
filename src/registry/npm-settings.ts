import querystring from 'node:querystring';
import { fileURLToPath } from 'node:url';
import { StagedoorError } from '../failure.ts';
import type { Limits } from '../staging/limits.ts';
import { type Route, routeSettings } from './route.ts';

/** Options for pacote: npm's own, flattened by npm's own loader, with ours on top. */
export type NpmSettings = Readonly<Record<string, unknown>> & { readonly registry: string };

export type Source = Route & {
  readonly package: string;
  /** Overrides every registry of the configuration, the one of the package's scope included. */
  readonly registry: string | undefined;
  /** Also the `.npmrc` of the current folder's project: only where somebody stands in that folder on purpose. */
  readonly projectConfig?: boolean | undefined;
  readonly limits: Limits;
};

/** Global mode leaves the project's file out: an app may be started from anybody's folder. */
const environment = (projectConfig: boolean): NodeJS.ProcessEnv =>
  projectConfig ? { ...process.env } : { ...process.env, npm_config_location: 'global' };

const readConfiguration = async (projectConfig: boolean): Promise<Readonly<Record<string, unknown>>> => {
  const { default: Config } = await import('@npmcli/config');
  const { default: known } = await import('@npmcli/config/lib/definitions/index.js');
  const config = new Config({
    npmPath: fileURLToPath(new URL('.', import.meta.url)),
    definitions: known.definitions,
    shorthands: known.shorthands,
    flatten: known.flatten,
    nerfDarts: known.nerfDarts,
    argv: [],
    env: environment(projectConfig),
    warn: false,
  });
  await config.load();
  return config.flat;
};

const scopeKey = (name: string): string | undefined =>
  name.startsWith('@') ? `${name.slice(0, name.indexOf('/'))}:registry` : undefined;

/** Credentials in a registry's URL, as npm's setting for it: as a part of the URL they would be written into the cache (P-24). */
const apart = (registry: string): { readonly registry: string; readonly auth: Record<string, string> } => {
  const url = URL.canParse(registry) ? new URL(registry) : null;
  if (url === null || `${url.username}${url.password}` === '') return { registry, auth: {} };
  const pair = `${querystring.unescape(url.username)}:${querystring.unescape(url.password)}`;
  url.username = '';
  url.password = '';
  return {
    registry: url.href,
    auth: { [`//${url.host}${url.pathname}:_auth`]: Buffer.from(pair).toString('base64') },
  };
};

/** Reads `.npmrc` in npm's own order (environment, the project's if it is wanted, user, global); read anew for each check: tokens change. */
export const loadNpmSettings = async (source: Source, signal?: AbortSignal): Promise<NpmSettings> => {
  const flat = await readConfiguration(source.projectConfig ?? false).catch((error: unknown) => {
    throw new StagedoorError('REGISTRY_REFUSED', 'the npm configuration could not be read', {
      cause: error,
      hint: 'Check .npmrc (npm config ls).',
    });
  });
  const key = scopeKey(source.package);
  const own = source.registry ?? (key === undefined ? undefined : flat[key]) ?? flat.registry;
  const { registry, auth } = apart(String(own).replace(/\/*$/, '/'));
  const route = await routeSettings(source, flat, registry, signal);
  return {
    ...flat,
    ...auth,
    ...route,
    // A one-time password is for publishing; pacote would pass it on to the host of a redirect.
    otp: undefined,
    ...(key === undefined ? {} : { [key]: registry }),
    registry,
    // Set for each use: npm's own cache folders are never written.
    cache: undefined,
    tufCache: undefined,
    userAgent: `stagedoor node/${process.version} ${process.platform} ${process.arch}`,
    // Identity: a decoded size can only be bounded where nothing decodes behind our back (P-22).
    headers: { 'accept-encoding': 'identity' },
    preferOnline: true,
    preferOffline: false,
    offline: false,
    allowGit: 'none',
    allowRemote: 'none',
    allowFile: 'none',
    allowDirectory: 'none',
    ignoreScripts: true,
    timeout: source.limits.idleMs,
    retry: {
      retries: source.limits.retries,
      minTimeout: source.limits.retryDelayMs,
      maxTimeout: source.limits.retryDelayMs * 5,
      factor: 2,
      randomize: true,
    },
  };
};
