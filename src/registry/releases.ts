import semverValid from 'semver/functions/valid.js';
import * as v from 'valibot';
import type { Release } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { isVersion } from '../store/semantic-version.ts';
import { type DocumentMemory, documentMemory } from './document-memory.ts';
import { loadNpmSettings, type NpmSettings, type Source } from './npm-settings.ts';
import { registryFailure } from './registry-failure.ts';
import { type RequestWatch, watchRequests } from './request-watch.ts';

/** What a package says about the machines that it runs on (U-05). */
export type Demands = {
  readonly node: string | undefined;
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc: readonly string[];
};

/** A release, its demands, and what the download needs besides. */
export type Offered = {
  readonly release: Release;
  readonly demands: Demands;
  /** Ids of the keys that the registry says it signed this version with. */
  readonly signedBy: readonly string[];
  readonly settings: NpmSettings;
  readonly documents: DocumentMemory;
  /** The `libc` demand, which npm leaves out of the short documents: one more request where it may matter. */
  readonly readLibc: (signal: AbortSignal) => Promise<readonly string[]>;
};

const list = v.fallback(
  v.union([
    v.array(v.string()),
    v.pipe(
      v.string(),
      v.transform(text => [text]),
    ),
  ]),
  [],
);
const manifestShape = v.object({
  name: v.string(),
  version: v.string(),
  engines: v.fallback(v.record(v.string(), v.string()), {}),
  os: list,
  cpu: list,
  libc: list,
  dist: v.object({
    tarball: v.string(),
    integrity: v.fallback(v.optional(v.string()), undefined),
    unpackedSize: v.fallback(v.optional(v.pipe(v.number(), v.minValue(0))), undefined),
    signatures: v.fallback(v.array(v.object({ keyid: v.string() })), []),
  }),
});
type Manifest = v.InferOutput<typeof manifestShape>;

const sha512 = /(?:^|\s)(sha512-[A-Za-z0-9+/]{86}==)(?=[\s?]|$)/;

/** Only a SHA-512 makes the bytes that arrive the bytes that were published (P-17). */
const trustedIntegrity = ({ name, version, dist }: Manifest): string => {
  const integrity = sha512.exec(dist.integrity ?? '')?.[1];
  if (integrity !== undefined) return integrity;
  throw new StagedoorError('UNTRUSTED', `the registry announces no SHA-512 for ${name}@${version}`);
};

// pacote asks the configured registry in place of this host, for mirrors that pass documents on unchanged.
const publicHost = 'registry.npmjs.org';

/** The bytes must come from the registry itself: a foreign URL could be anything, and would be sent our headers. */
const assertOwnTarball = ({ name, version, dist }: Manifest, settings: NpmSettings): void => {
  const registry = new URL(settings.registry);
  const tarball = URL.canParse(dist.tarball) ? new URL(dist.tarball) : null;
  const replaced = settings.replaceRegistryHost ?? 'npmjs';
  // A second slash would be taken for a host name where pacote puts the path behind the registry.
  const own =
    tarball !== null &&
    !tarball.pathname.startsWith('//') &&
    (tarball.origin === registry.origin ||
      (tarball.protocol.startsWith('http') &&
        (replaced === 'always' || (replaced === 'npmjs' && tarball.host === publicHost))));
  if (own) return;
  const where = tarball?.host ?? 'no valid URL';
  throw new StagedoorError(
    'UNTRUSTED',
    `the tarball of ${name}@${version} is not at the registry (${where})`,
    {
      hint: 'The registry must serve the tarballs of its packages itself.',
    },
  );
};

const packageName = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i;
const channelName = /^[a-z][\w.-]*$/i;

/** A caller's mistake, before anything is sent: a spec could otherwise name a folder, a git repository or a URL. */
const assertSpec = (name: string, channel: string): void => {
  if (!packageName.test(name)) throw new TypeError(`package: ${JSON.stringify(name)} is no npm package name`);
  if (!channelName.test(channel) || semverValid(channel) !== null) {
    throw new TypeError(`channel: ${JSON.stringify(channel)} is no dist-tag`);
  }
};

const parseManifest = (value: unknown, name: string): Manifest => {
  const parsed = v.safeParse(manifestShape, value);
  if (parsed.success && parsed.output.name === name && isVersion(parsed.output.version)) {
    return parsed.output;
  }
  const what = parsed.success ? `${parsed.output.name}@${parsed.output.version}` : parsed.issues[0].message;
  throw new StagedoorError('REGISTRY_MALFORMED', `the registry offers no valid version of ${name}: ${what}`);
};

/** After a broken connection pacote serves what it has stored, as if it were news: only a fresh answer counts. */
const assertFresh = (watch: RequestWatch, subject: string): void => {
  const answer = watch.answer();
  if (answer !== null && (answer.status === 200 || answer.status === 304)) return;
  const why = answer === null ? 'no answer' : `status ${answer.status}`;
  throw new StagedoorError(
    'REGISTRY_UNREACHABLE',
    `the registry could not be reached for ${subject} (${why})`,
  );
};

export type ReleaseRequest = Source & {
  readonly channel: string;
  /** This version instead of what the channel offers: at build time only, a shell follows its channel. */
  readonly exactVersion?: string | undefined;
  /** Folder for package documents, so that an unchanged one is asked for conditionally. */
  readonly cache: string;
  /** Removes what lies there. */
  readonly forget: () => Promise<void>;
};

/** Whether an answer was made of a stored document, because the registry said that it is current. */
type Use = { stored: boolean };

/**
 * A stored document that can't be used is forgotten and asked for anew: the registry would go on to say that it is
 * current, and a cut answer of one bad minute would last until the next publication (P-25).
 */
const withoutBadStock = async <T>(
  { forget }: ReleaseRequest,
  signal: AbortSignal,
  ask: (use: Use) => Promise<T>,
): Promise<T> => {
  const use: Use = { stored: false };
  try {
    return await ask(use);
  } catch (error) {
    if (!use.stored || signal.aborted) throw error;
    await forget();
    return ask({ stored: false });
  }
};

type Question = {
  readonly spec: string;
  readonly settings: NpmSettings;
  readonly documents: DocumentMemory;
  readonly fullMetadata: boolean;
};

/** One question to pacote, under watch. */
const askManifest = async (
  request: ReleaseRequest,
  question: Question,
  signal: AbortSignal,
  use: Use,
): Promise<Manifest> => {
  const { package: name, limits, cache } = request;
  const about = { subject: question.spec, kind: 'document' as const };
  const bounds = {
    ...about,
    maxBytes: limits.documentBytes,
    maxValues: limits.documentValues,
    deadlineMs: limits.documentMs,
  };
  const watch = watchRequests(bounds, signal);
  const { settings, documents: packumentCache, fullMetadata } = question;
  const options = { ...settings, cache, packumentCache, fullMetadata, signal: watch.signal };
  try {
    const { default: pacote } = await import('pacote');
    const found: unknown = await watch.run(() => pacote.manifest(question.spec, options as object));
    assertFresh(watch, about.subject);
    return parseManifest(found, name);
  } catch (error) {
    throw registryFailure(error, watch, about);
  } finally {
    use.stored = watch.answer()?.status === 304;
  }
};

const libcReader =
  (request: ReleaseRequest, manifest: Manifest, settings: NpmSettings): Offered['readLibc'] =>
  async signal => {
    const { name, version, os, libc } = manifest;
    if (libc.length > 0 || !os.includes('linux')) return libc;
    const full = await withoutBadStock(request, signal, use => {
      const documents = documentMemory(name);
      const question = { spec: `${name}@${version}`, settings, documents, fullMetadata: true };
      return askManifest(request, question, signal, use);
    });
    return full.libc;
  };

const readOffer = async (
  request: ReleaseRequest,
  settings: NpmSettings,
  signal: AbortSignal,
  use: Use,
): Promise<Offered> => {
  const { package: name, channel, exactVersion } = request;
  const documents = documentMemory(name);
  const question = { spec: `${name}@${exactVersion ?? channel}`, settings, documents, fullMetadata: false };
  const manifest = await askManifest(request, question, signal, use);
  const { version, engines, os, cpu, libc, dist } = manifest;
  const integrity = trustedIntegrity(manifest);
  assertOwnTarball(manifest, settings);
  documents.keepOnly(version);
  return {
    release: { name, version, integrity, unpackedSize: dist.unpackedSize },
    demands: { node: engines.node, os, cpu, libc },
    signedBy: dist.signatures.map(({ keyid }) => keyid),
    settings,
    documents,
    readLibc: libcReader(request, manifest, settings),
  };
};

/** Asks the registry which version the channel offers: one request, conditional where a document is stored. */
export const readRelease = async (request: ReleaseRequest, signal: AbortSignal): Promise<Offered> => {
  const { package: name, channel, exactVersion } = request;
  assertSpec(name, channel);
  if (exactVersion !== undefined && semverValid(exactVersion) !== exactVersion) {
    throw new TypeError(`exactVersion: ${JSON.stringify(exactVersion)} is no version`);
  }
  const settings = await loadNpmSettings(request, signal);
  return withoutBadStock(request, signal, use => readOffer(request, settings, signal, use));
};
