import { StagedoorError } from '../failure.ts';
import type { LockedPackage } from './core-lock.ts';
import { byCodeUnits } from './order.ts';
import { pythonLimits } from './python-limits.ts';
import { declaredModules, type NamespaceLook, recordedModules, withoutNamespaces } from './python-modules.ts';

/** What was found of a distribution, before any of it is believed. */
export type DistributionFacts = {
  /** The name of its `*.dist-info` or `*.egg-info`. */
  readonly place: string;
  readonly name: string | null;
  readonly version: string | null;
  /** The text of `top_level.txt`; null where it is missing or no text. */
  readonly declared: string | null;
  /** The installed files, from the folder of the packages on; they are read only where they are asked for. */
  readonly files: () => readonly string[];
};

/** As PEP 508 has it. */
const validName = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i;

/** PEP 503. */
export const canonicalName = (name: string): string => name.replace(/[-_.]+/g, '-').toLowerCase();

/** Control characters, halves of characters, what was no UTF-8, and what other systems take for a separator. */
const unsafe = /[\p{Cc}\p{Cs}\uFFFD\\/:]/u;

/** Metadata is in it, and what an interrupted pip has left (`~ip-24.0.dist-info`) is not. */
export const isDistribution = (entry: string): boolean =>
  /\.(?:dist|egg)-info$/i.test(entry) && !entry.startsWith('~');

/** Interpreters load what lies there, whatever its folder is called: leaving it out would leave it unguarded. */
export const assertPlace = (place: string): void => {
  if (unsafe.test(place) || place.length > pythonLimits.name)
    throw new StagedoorError(
      'PACKAGE_UNSAFE',
      `the distribution ${JSON.stringify(place)} has a name that means something else elsewhere`,
      { hint: 'Remove it from the site-packages of the runtime, or install it anew.' },
    );
};

export const assertCount = (count: number): void => {
  if (count > pythonLimits.distributions)
    throw new StagedoorError(
      'PACKAGE_UNSAFE',
      `the site-packages hold more than ${pythonLimits.distributions} distributions`,
    );
};

const modulesOf = (
  { place, declared, files }: DistributionFacts,
  isNamespace: NamespaceLook,
): readonly string[] => {
  const named = declared === null ? [] : declaredModules(declared);
  const tops = named.length > 0 ? named : recordedModules(files());
  const modules = withoutNamespaces(tops, files, isNamespace);
  if (modules.length <= pythonLimits.modules) return modules;
  const message = `${place} has more than ${pythonLimits.modules} top-level modules`;
  throw new StagedoorError('PACKAGE_UNSAFE', message);
};

const isNamed = (name: string | null): name is string =>
  name !== null && name.length <= pythonLimits.name && validName.test(name);

const isVersioned = (version: string | null): version is string =>
  version !== null && version.length <= pythonLimits.version && /^[!-~]+$/.test(version);

const lockedOf = (facts: DistributionFacts, isNamespace: NamespaceLook): LockedPackage | null => {
  const { place, name, version } = facts;
  assertPlace(place);
  if (!isNamed(name) || !isVersioned(version)) return null;
  const modules = modulesOf(facts, isNamespace);
  return { ecosystem: 'python', name: canonicalName(name), version, integrity: null, place, modules };
};

/** In the order of a lock; without those that have no name or no version that is one (K-02). */
export const lockedDistributions = (
  found: readonly DistributionFacts[],
  isNamespace: NamespaceLook,
): readonly LockedPackage[] =>
  found
    .map(facts => lockedOf(facts, isNamespace))
    .filter(one => one !== null)
    .sort(
      (a, b) =>
        byCodeUnits(a.name, b.name) ||
        byCodeUnits(a.version, b.version) ||
        byCodeUnits(a.place ?? '', b.place ?? ''),
    );
