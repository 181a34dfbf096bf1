import type { Ecosystem, PluginConflict, PluginDemand } from '../../machines/contract.ts';

/** `^19`, `>=2,<3`; what takes any version asks for none. */
const rangeText = (range: string): string => (range === '' || range === '*' ? '' : ` ${range}`);

const wanted = ({ as, name, range }: PluginDemand): string =>
  `${name}${rangeText(range)}${as === name ? '' : ` as ${as}`}`;

const through = ({ chain }: PluginDemand): string =>
  chain.length < 2 ? '' : ` (through ${chain.slice(1).join(' > ')})`;

/** A module that a package has in it is its own demand: the chain ends with that package. */
const isBrought = ({ as, name, chain }: PluginDemand): boolean =>
  as !== name && chain.at(-1)?.startsWith(`${name}@`) === true;

const needs = (demand: PluginDemand): string => {
  const what = isBrought(demand) ? `brings the module ${demand.as}` : `needs ${wanted(demand)}`;
  return `${demand.chain[0] ?? 'the plugin'} ${what}${through(demand)}`;
};

/** A package that was a plugin belongs to the runtime by now. */
const isItself = ({ name, range, chain }: PluginDemand): boolean =>
  chain.length === 1 && chain[0] === `${name}@${range}`;

const besideText = (conflict: PluginConflict): string => {
  const { as, name, range, chain, locked, holder = name, beside } = conflict;
  const module = as === name && holder === name ? '' : `the module ${as} of `;
  return `${chain[0]} brings ${module}${name} ${range}, and the plugin ${beside} ${module}${holder} ${locked}: only one of them could be imported`;
};

const holders: Readonly<Record<Ecosystem, string>> = { npm: 'Node', python: 'Python' };

/** What is in the way, in words: plugin, package, both versions, and who asked. */
export const conflictText = (conflict: PluginConflict, ecosystem: Ecosystem): string => {
  const { name, range, reason, locked, holder = name } = conflict;
  const has = locked === null ? 'does not have it' : `has ${holder} ${locked}`;
  if (reason !== 'beside' && isItself(conflict))
    return `${conflict.chain[0]} is a plugin, and the runtime ${has} of its own`;
  switch (reason) {
    case 'version':
      return `${needs(conflict)}, the runtime ${has}${holder === name ? '' : ' under that name'}`;
    case 'look-alike':
      return `${needs(conflict)}, whose name differs in case only from that of a package of the runtime${locked === null ? '' : ` (${locked})`}`;
    case 'built-in':
      return `${needs(conflict)}, and ${holders[ecosystem]} has a module of this name`;
    case 'joined':
      return `${needs(conflict)}, and the runtime has ${holder} ${locked ?? ''} in a file of its own, where it can't be shared`;
    case 'address':
      return `${needs({ ...conflict, range: '' })} by an address in place of the index: ${range.replace(/^@ */, '')}${locked === null ? '' : ` (the runtime has ${name} ${locked})`}`;
    case 'beside':
      return besideText(conflict);
  }
};

/** The way out. */
export const conflictAdvice = (conflict: PluginConflict): string => {
  const { as, name, reason, locked, holder = name, beside = '' } = conflict;
  if (reason !== 'beside' && isItself(conflict)) return 'remove the plugin';
  switch (reason) {
    case 'version':
      if (holder !== name)
        return `add a version of the plugin that takes ${holder} ${locked} as ${as}, or does without it`;
      return locked === null
        ? 'add the plugin again, so that it brings its own, or remove it'
        : `update the runtime, or add a version of the plugin that takes ${name} ${locked}`;
    case 'look-alike':
    case 'built-in':
      return 'add a version of the plugin that does without it';
    case 'address':
      return 'add a version of the plugin that does without it, or ask its publisher to name a version of the index';
    case 'beside':
      return `add a version of it that goes with the other plugin, or remove python:${beside.replace(/@[^@]*$/, '')}`;
    case 'joined':
      return `keep ${holder} out of the file of the runtime (external to its bundler), and write the lock anew`;
  }
};
