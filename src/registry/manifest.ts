import * as v from 'valibot';
import { StagedoorError } from '../failure.ts';
import { isVersion } from '../store/semantic-version.ts';
import type { NpmSettings } from './npm-settings.ts';

/** What a package says about the machines and the shells that it runs on (U-05). */
export type Demands = {
  /** Ranges by what they speak of: `node`, or the name of a shell. Null: something that is no text. */
  readonly engines: Readonly<Record<string, string | null>>;
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc: readonly string[];
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

/** Ranges by name. Whoever follows one checks name and range; what is no text is left out. */
export type Ranges = Readonly<Record<string, string>>;

const ranges = v.fallback(
  v.pipe(
    v.record(v.string(), v.unknown()),
    v.transform(
      (all): Ranges =>
        Object.fromEntries(
          Object.entries(all).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
        ),
    ),
  ),
  {},
);

/** One version as a registry announces it, as far as it is looked at. Whatever it says may be a lie. */
export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly engines: Demands['engines'];
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc: readonly string[];
  readonly dependencies: Ranges;
  readonly optionalDependencies: Ranges;
  readonly peerDependencies: Ranges;
  /** Which of the peers need not be there. */
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  /** Names of those that lie in its own tarball. */
  readonly bundleDependencies: readonly string[];
  readonly deprecated?: unknown;
  readonly dist: {
    readonly tarball: string;
    readonly integrity?: string | undefined;
    readonly unpackedSize?: number | undefined;
    readonly signatures: readonly { readonly keyid: string }[];
  };
};

const manifestShape: v.GenericSchema<unknown, Manifest> = v.object({
  name: v.string(),
  version: v.string(),
  engines: v.fallback(v.record(v.string(), v.fallback(v.nullable(v.string()), null)), {}),
  os: list,
  cpu: list,
  libc: list,
  dependencies: ranges,
  optionalDependencies: ranges,
  peerDependencies: ranges,
  peerDependenciesMeta: v.fallback(
    v.record(
      v.string(),
      v.fallback(v.object({ optional: v.fallback(v.boolean(), false) }), { optional: false }),
    ),
    {},
  ),
  bundleDependencies: list,
  deprecated: v.optional(v.unknown()),
  dist: v.object({
    tarball: v.string(),
    integrity: v.fallback(v.optional(v.string()), undefined),
    unpackedSize: v.fallback(v.optional(v.pipe(v.number(), v.minValue(0))), undefined),
    signatures: v.fallback(v.array(v.object({ keyid: v.string() })), []),
  }),
});

/** A manifest of that package with a version that the store can name. Else `REGISTRY_MALFORMED`. */
export const parseManifest = (value: unknown, name: string): Manifest => {
  const parsed = v.safeParse(manifestShape, value);
  if (parsed.success && parsed.output.name === name && isVersion(parsed.output.version)) {
    return parsed.output;
  }
  const what = parsed.success ? `${parsed.output.name}@${parsed.output.version}` : parsed.issues[0].message;
  throw new StagedoorError('REGISTRY_MALFORMED', `the registry offers no valid version of ${name}: ${what}`);
};

/** The same without a word about what is wrong: null. */
export const readManifest = (value: unknown, name: string): Manifest | null => {
  const parsed = v.safeParse(manifestShape, value);
  return parsed.success && parsed.output.name === name ? parsed.output : null;
};

/** What a version needs beside itself. */
export type Needs = Pick<Manifest, 'dependencies' | 'optionalDependencies' | 'bundleDependencies'>;

export const needsOf = ({ dependencies, optionalDependencies, bundleDependencies }: Manifest): Needs => ({
  dependencies,
  optionalDependencies,
  bundleDependencies,
});

export const demandsOf = ({ engines, os, cpu, libc }: Manifest): Demands => ({ engines, os, cpu, libc });

const sha512 = /(?:^|\s)(sha512-[A-Za-z0-9+/]{86}==)(?=[\s?]|$)/;

/** Only a SHA-512 makes the bytes that arrive the bytes that were published (P-17). */
export const trustedIntegrity = ({ name, version, dist }: Manifest): string => {
  const integrity = sha512.exec(dist.integrity ?? '')?.[1];
  if (integrity !== undefined) return integrity;
  throw new StagedoorError('UNTRUSTED', `the registry announces no SHA-512 for ${name}@${version}`);
};

// pacote asks the configured registry in place of this host, for mirrors that pass documents on unchanged.
const publicHost = 'registry.npmjs.org';

/** The bytes must come from the registry itself: a foreign URL could be anything, and would be sent our headers. */
export const assertOwnTarball = ({ name, version, dist }: Manifest, settings: NpmSettings): void => {
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
