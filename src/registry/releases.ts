import semverValid from 'semver/functions/valid.js';
import validRange from 'semver/ranges/valid.js';
import type { Release } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { type Alternative, alternatives } from './alternatives.ts';
import { type DocumentMemory, documentMemory } from './document-memory.ts';
import {
  assertOwnTarball,
  type Demands,
  demandsOf,
  type Manifest,
  type Needs,
  needsOf,
  parseManifest,
  trustedIntegrity,
} from './manifest.ts';
import { loadNpmSettings, type NpmSettings, type Source } from './npm-settings.ts';
import { registryFailure } from './registry-failure.ts';
import { type RequestWatch, watchRequests } from './request-watch.ts';

/** A release, its demands, and what the download needs besides. */
export type Offered = {
  readonly release: Release;
  readonly demands: Demands;
  readonly needs: Needs;
  /** Ids of the keys that the registry says it signed this version with. */
  readonly signedBy: readonly string[];
  readonly settings: NpmSettings;
  readonly documents: DocumentMemory;
  /** The `libc` demand, which npm leaves out of the short documents: one more request where it may matter. */
  readonly readLibc: (signal: AbortSignal) => Promise<readonly string[]>;
  /** What the same document names below this version and not below `floor`: what may take its place, the newest first. */
  readonly alternatives: (floor: string | null) => Iterable<Alternative>;
  /**
   * The offer of one of them, by the same document: no request, the same checks. Null where npm would not give it out, or
   * where it is malformed.
   */
  readonly readAlternative: (version: string, signal: AbortSignal) => Promise<Offered | null>;
  /** Lets go of what the download does not need: a document may hold thousands of versions. */
  readonly keepOnlyThis: () => void;
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
  /** The newest version in this range instead: where a person chooses, never on a user's machine. */
  readonly range?: string | undefined;
  /** Folder for package documents, so that an unchanged one is asked for conditionally; undefined: none is kept. */
  readonly cache: string | undefined;
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

/** What all offers of one check share: the documents that are in hand, in npm's short form and in full. */
type Check = {
  readonly request: ReleaseRequest;
  readonly settings: NpmSettings;
  readonly short: DocumentMemory;
  readonly full: DocumentMemory;
};

type Form = 'short' | 'full';

/** One question to pacote, under watch; about a document that is in hand it makes no request. */
const askManifest = async (
  check: Check,
  { spec, form }: { readonly spec: string; readonly form: Form },
  signal: AbortSignal,
  use: Use,
): Promise<Manifest> => {
  const { request, settings, [form]: documents } = check;
  const { package: name, limits, cache } = request;
  const held = documents.isHeld();
  const about = { subject: spec, kind: 'document' as const, held };
  const bounds = {
    ...about,
    maxBytes: limits.documentBytes,
    maxValues: limits.documentValues,
    deadlineMs: limits.documentMs,
  };
  const watch = watchRequests(bounds, signal);
  const own = { cache, packumentCache: documents, fullMetadata: form === 'full', signal: watch.signal };
  try {
    const { default: pacote } = await import('pacote');
    const found: unknown = await watch.run(() => pacote.manifest(spec, { ...settings, ...own } as object));
    if (!held) assertFresh(watch, about.subject);
    return parseManifest(found, name);
  } catch (error) {
    if (!held) documents.clear();
    throw registryFailure(error, watch, about);
  } finally {
    if (!held) use.stored = watch.answer()?.status === 304;
  }
};

const libcReader =
  (check: Check, manifest: Manifest): Offered['readLibc'] =>
  async signal => {
    const { name, version, os, libc } = manifest;
    if (libc.length > 0 || !os.includes('linux')) return libc;
    const question = { spec: `${name}@${version}`, form: 'full' } as const;
    const full = await withoutBadStock(check.request, signal, use =>
      askManifest(check, question, signal, use),
    );
    return full.libc;
  };

const assertAskedFor = ({ name, version }: Manifest, exact: string | undefined): void => {
  if (exact === undefined || exact === version) return;
  throw new StagedoorError('REGISTRY_MALFORMED', `the registry lists ${name}@${version} as ${exact}`);
};

/** What npm would not give out, and what it could not read. */
const isNoOffer = (error: unknown): boolean =>
  error instanceof StagedoorError &&
  (error.code === 'REGISTRY_MALFORMED' || error.code === 'REGISTRY_REFUSED');

const alternativeReader =
  (check: Check, use: Use): Offered['readAlternative'] =>
  async (version, signal) => {
    try {
      return await readOffer(check, version, signal, use);
    } catch (error) {
      if (isNoOffer(error)) return null;
      // A stored document that can't be trusted would be current until the next publication.
      if (use.stored && !signal.aborted) await check.request.forget();
      throw error;
    }
  };

const readOffer = async (
  check: Check,
  exact: string | undefined,
  signal: AbortSignal,
  use: Use,
): Promise<Offered> => {
  const { request, settings, short, full } = check;
  const spec = `${request.package}@${exact ?? request.range ?? request.channel}`;
  const manifest = await askManifest(check, { spec, form: 'short' }, signal, use);
  assertAskedFor(manifest, exact);
  const { name, version, dist } = manifest;
  const integrity = trustedIntegrity(manifest);
  assertOwnTarball(manifest, settings);
  return {
    release: { name, version, integrity, unpackedSize: dist.unpackedSize },
    demands: demandsOf(manifest),
    needs: needsOf(manifest),
    signedBy: dist.signatures.map(({ keyid }) => keyid),
    settings,
    documents: short,
    readLibc: libcReader(check, manifest),
    alternatives: floor => alternatives(short, { name, below: version, floor }),
    readAlternative: alternativeReader(check, use),
    keepOnlyThis: () => {
      short.keepOnly(version);
      full.clear();
    },
  };
};

/** Asks the registry which version the channel offers: one request, conditional where a document is stored. */
export const readRelease = async (request: ReleaseRequest, signal: AbortSignal): Promise<Offered> => {
  const { package: name, channel, exactVersion, range } = request;
  assertSpec(name, channel);
  if (range !== undefined && validRange(range) === null)
    throw new TypeError(`range: ${JSON.stringify(range)} is no range of versions`);
  if (exactVersion !== undefined && semverValid(exactVersion) !== exactVersion) {
    throw new TypeError(`exactVersion: ${JSON.stringify(exactVersion)} is no version`);
  }
  const settings = await loadNpmSettings(request, signal);
  return withoutBadStock(request, signal, use => {
    const check = { request, settings, short: documentMemory(name), full: documentMemory(name) };
    return readOffer(check, exactVersion, signal, use);
  });
};
