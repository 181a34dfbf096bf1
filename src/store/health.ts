import gt from 'semver/functions/gt.js';
import { reviseDocument } from './document.ts';
import type { FileSystem } from './file-system.ts';
import { asArray, asCount, asRecord, isSha256, parseJson, readValue } from './json-shape.ts';
import type { Layout } from './layout.ts';
import { isVersion } from './semantic-version.ts';

/** Healthy launches of one version; another tree under the same number starts from zero. */
export type VersionHealth = {
  readonly launches: number;
  readonly trusted: boolean;
  readonly tree: string | null;
};

export type Health = {
  readonly versions: Readonly<Record<string, VersionHealth>>;
  /** Oldest proof first: the last one is the best fallback. */
  readonly trusted: readonly string[];
  /** The highest version that was ever trusted (P-19). */
  readonly highWater: string | null;
};

type Proof = { readonly version: string; readonly tree: string | null };

const trustedAt = 3;
/** Of versions that are long gone nothing needs to be remembered. */
const remembered = 20;

const parseVersion = (value: unknown): VersionHealth => {
  const record = asRecord(value) ?? {};
  const { tree } = record;
  return {
    launches: asCount(record.launches) ?? 0,
    trusted: record.trusted === true,
    tree: isSha256(tree) ? tree : null,
  };
};

const healthIn = (value: unknown): Health => {
  const record = asRecord(value) ?? {};
  const entries = Object.entries(asRecord(record.versions) ?? {}).filter(([version]) => isVersion(version));
  const { highWater } = record;
  return {
    versions: Object.fromEntries(entries.map(([version, health]) => [version, parseVersion(health)])),
    // No more than we write: each of them is looked at on the way to a launch.
    trusted: [...new Set(asArray(record.trusted).filter(isVersion))].slice(-remembered),
    highWater: isVersion(highWater) ? highWater : null,
  };
};

/** What is known of the versions that ran; a missing or corrupt file reads as nothing known. */
export const readHealth = (fs: FileSystem, layout: Layout): Health => healthIn(readValue(fs, layout.health));

const withProof = (
  health: Health,
  { version, tree }: Proof,
  prove: (known: VersionHealth) => VersionHealth,
): Health => {
  const known = health.versions[version];
  const next = prove(known?.tree === tree ? known : { launches: 0, trusted: false, tree });
  const others = Object.entries(health.versions).filter(([name]) => name !== version);
  const trusted = health.trusted.filter(name => name !== version);
  const rises = next.trusted && (health.highWater === null || gt(version, health.highWater));
  return {
    versions: Object.fromEntries([...others, [version, next] as const].slice(-remembered)),
    trusted: (next.trusted ? [...trusted, version] : trusted).slice(-remembered),
    highWater: rises ? version : health.highWater,
  };
};

const record = (
  fs: FileSystem,
  layout: Layout,
  proof: Proof,
  prove: (known: VersionHealth) => VersionHealth,
): Promise<VersionHealth> => {
  layout.version(proof.version);
  return reviseDocument(fs, layout, layout.health, text => {
    const health = withProof(healthIn(text === null ? undefined : parseJson(text)), proof, prove);
    const result = health.versions[proof.version] ?? { launches: 0, trusted: false, tree: proof.tree };
    return { text: `${JSON.stringify({ schema: 1, ...health })}\n`, result };
  });
};

/** A launch was ready. The third healthy launch of the same tree makes a version trusted. */
export const recordReady = async (
  fs: FileSystem,
  layout: Layout,
  proof: Proof,
): Promise<{ readonly healthyLaunches: number; readonly trusted: boolean }> => {
  const { launches, trusted } = await record(fs, layout, proof, known => ({
    ...known,
    launches: known.launches + 1,
    trusted: known.trusted || known.launches + 1 >= trustedAt,
  }));
  return { healthyLaunches: launches, trusted };
};

/** Ten minutes of uptime are proof enough, however few the launches. */
export const recordTrusted = async (fs: FileSystem, layout: Layout, proof: Proof): Promise<void> => {
  await record(fs, layout, proof, known => ({ ...known, trusted: true }));
};

/** Has no launch of this very tree been ready yet? */
export const isFirstStart = (health: Health, { version, tree }: Proof): boolean => {
  const known = health.versions[version];
  return known === undefined || known.tree !== tree || known.launches === 0;
};

/** The version that was trusted last, other than the given one. */
export const previousGood = (health: Health, exceptVersion: string | null): string | null =>
  health.trusted.findLast(version => version !== exceptVersion) ?? null;

/** Takes versions out of the fallbacks, as a rollback past them demands; they can earn trust again. */
export const distrust = (fs: FileSystem, layout: Layout, versions: readonly string[]): Promise<void> =>
  reviseDocument<void>(fs, layout, layout.health, text => {
    const health = healthIn(text === null ? undefined : parseJson(text));
    const trusted = health.trusted.filter(version => !versions.includes(version));
    if (trusted.length === health.trusted.length) return { text: null, result: undefined };
    const known = Object.entries(health.versions).map(([version, facts]) =>
      versions.includes(version) ? [version, { ...facts, launches: 0, trusted: false }] : [version, facts],
    );
    const next = { ...health, versions: Object.fromEntries(known), trusted };
    return { text: `${JSON.stringify({ schema: 1, ...next })}\n`, result: undefined };
  });
