import type { PluginPackage } from '../../../machines/contract.ts';
import { StagedoorError } from '../../failure.ts';
import type { Pin } from '../../natives/dependency.ts';
import { pluginPackages } from '../place.ts';
import type { Chosen } from './report.ts';

/** A package by its pin; what can't be pinned does not come along. */
const packageOf = ({ name, version, integrity, direct }: Chosen): PluginPackage => {
  if (direct)
    throw new StagedoorError('PACKAGE_INVALID', `${name} is asked for by an address in place of the index`, {
      hint: 'Ask the publisher to name a version of the index.',
    });
  if (integrity === null)
    throw new StagedoorError('UNTRUSTED', `the package index announces no sha256 of ${name}@${version}`, {
      hint: 'Use an index that does.',
    });
  return { name, version, integrity, place: pluginPackages.python };
};

export const isPinnable = ({ integrity, direct }: Chosen): boolean => integrity !== null && !direct;

/** What comes along, in the order of the chains: the plugin first. */
export const packagesOf = (
  chosen: ReadonlyMap<string, Chosen>,
  chains: ReadonlyMap<string, readonly string[]>,
  isLocked: (name: string) => boolean,
): readonly PluginPackage[] => {
  const names = new Set([...chains.keys(), ...chosen.keys()]);
  return [...names].flatMap(name => {
    const one = chosen.get(name);
    return one === undefined || isLocked(name) ? [] : [packageOf(one)];
  });
};

/** As an installer is told. */
export const pinsOf = (packages: readonly PluginPackage[]): readonly Pin[] =>
  packages.map(({ name, version, integrity }) => ({ name, version, hashes: [integrity] }));
