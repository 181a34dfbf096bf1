import satisfies from 'semver/functions/satisfies.js';
import semverValid from 'semver/functions/valid.js';
import validRange from 'semver/ranges/valid.js';
import { StagedoorError } from '../failure.ts';
import type { Source } from '../registry/npm-settings.ts';
import { type Offered, readRelease } from '../registry/releases.ts';

/** What an app's `install` holds: `NAME@VERSION` and its `sha512-…`. */
export type Pins = Readonly<Record<string, string>>;

export type PinRequest = Omit<Source, 'package'> & {
  /** `NAME`, `NAME@VERSION`, `NAME@RANGE` or `NAME@TAG`. */
  readonly specs: readonly string[];
  /** Names to leave out, with what only they need: tools that nothing but a package's install script uses. */
  readonly without?: ReadonlySet<string> | undefined;
};

/** A package that somebody needs: the names that lead to it, from the one that was asked for on. */
type Need = {
  readonly name: string;
  readonly wanted: string;
  readonly chain: readonly string[];
  /** It counts only if it is for some systems: else it is an extra that need not be there. */
  readonly optional: boolean;
};

type Chosen = { readonly offered: Offered; readonly chain: readonly string[] };

const packageName = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i;
const specPattern = /^(?<name>@?[^@]+)(?:@(?<wanted>.+))?$/;

const invalid = (message: string, hint: string): StagedoorError =>
  new StagedoorError('PACKAGE_INVALID', message, { hint });

const rootOf = (spec: string): Need => {
  const { name, wanted = 'latest' } = specPattern.exec(spec)?.groups ?? {};
  if (name === undefined || !packageName.test(name))
    throw new TypeError(`${JSON.stringify(spec)} is no NAME@VERSION`);
  return { name, wanted, chain: [], optional: false };
};

/** Tags are for those who ask: in a dependency, what is no range is a folder, a URL, or a package under another name. */
const assertNamed = ({ name, wanted, chain }: Need): void => {
  if (chain.length === 0 || (packageName.test(name) && validRange(wanted) !== null)) return;
  throw invalid(
    `${chain.join(' > ')} needs ${name} as ${JSON.stringify(wanted)}, which can not be pinned`,
    'Only versions and ranges of the registry can be pinned.',
  );
};

const askFor = ({ specs: _, without: __, ...route }: PinRequest, need: Need, signal: AbortSignal) => {
  assertNamed(need);
  const { name, wanted } = need;
  const [exactVersion, range] = [semverValid(wanted), validRange(wanted)];
  const choice =
    exactVersion === wanted
      ? { channel: 'latest', exactVersion }
      : range === null
        ? { channel: wanted }
        : { channel: 'latest', range };
  const forget = async (): Promise<void> => undefined;
  return readRelease({ ...route, ...choice, package: name, cache: undefined, forget }, signal);
};

const isForSomeSystems = ({ demands: { os, cpu } }: Offered): boolean => os.length > 0 || cpu.length > 0;

/** WebAssembly is nothing that a Node's ABI speaks of: no system would ever take it. */
const isForNoSystem = ({ demands: { cpu } }: Offered): boolean =>
  cpu.length > 0 && cpu.every(name => name === 'wasm32');

/** What a version needs beside itself. pacote takes optional dependencies, which registries list twice, out of the others. */
const needsOf = ({ release, needs }: Offered, chain: readonly string[]): readonly Need[] => {
  const { dependencies, optionalDependencies, bundleDependencies } = needs;
  const here = [...chain, `${release.name}@${release.version}`];
  const need =
    (optional: boolean) =>
    ([name, wanted]: readonly [string, string]) => ({
      name,
      wanted,
      chain: here,
      optional,
    });
  const [plain, optional] = [Object.entries(dependencies), Object.entries(optionalDependencies)];
  const all = [...plain.map(need(false)), ...optional.map(need(true))];
  return all.filter(({ name }) => !bundleDependencies.includes(name));
};

const nameOf = ({ offered: { release }, chain }: Chosen): string =>
  [...chain, `${release.name}@${release.version}`].join(' > ');

/** A tree has one place for each name. */
const assertSame = (chosen: Chosen, { name, wanted, chain }: Need): void => {
  const { version } = chosen.offered.release;
  if (wanted === version || (validRange(wanted) !== null && satisfies(version, wanted))) return;
  const other = chain.length === 0 ? `${name}@${wanted}` : `${chain.join(' > ')} > ${name}@${wanted}`;
  throw invalid(
    `two versions of ${name} are needed: ${nameOf(chosen)}, and ${other}`,
    `A tree holds one version of each package; name a ${name} that serves both beside the others.`,
  );
};

/**
 * The pins of packages, of all that they need at run time, and of their packages for single systems; resolved here and now. What
 * was asked for is chosen first, so that naming a version settles what others need. Rejects with PACKAGE_INVALID where two
 * versions of one package are needed, and with the errors of a check.
 */
export const pinNatives = async (request: PinRequest, signal: AbortSignal): Promise<Pins> => {
  const { specs, without = new Set() } = request;
  const chosen = new Map<string, Chosen>();
  const choose = async (need: Need): Promise<readonly Need[]> => {
    const known = chosen.get(need.name);
    if (known !== undefined) assertSame(known, need);
    if (known !== undefined || without.has(need.name)) return [];
    const offered = await askFor(request, need, signal);
    if (need.optional && (!isForSomeSystems(offered) || isForNoSystem(offered))) return [];
    offered.keepOnlyThis();
    chosen.set(need.name, { offered, chain: need.chain });
    return needsOf(offered, need.chain);
  };
  let open: readonly Need[] = specs.map(rootOf);
  while (open.length > 0) {
    const next: Need[] = [];
    for (const need of open) next.push(...(await choose(need)));
    open = next;
  }
  const releases = [...chosen.values()].map(({ offered }) => offered.release);
  const pins = releases.map(({ name, version, integrity }): [string, string] => [
    `${name}@${version}`,
    integrity,
  ]);
  return Object.fromEntries(pins.sort(([a], [b]) => (a < b ? -1 : 1)));
};
