import type { Ecosystem, PluginConflict, PluginDemand } from '../../machines/contract.ts';

/** `^19`, `>=2,<3`; what takes any version asks for none. */
const rangeText = (range: string): string => (range === '' || range === '*' ? '' : ` ${range}`);

const wanted = ({ as, name, range }: PluginDemand): string =>
  `${name}${rangeText(range)}${as === name ? '' : ` as ${as}`}`;

const through = ({ chain }: PluginDemand): string =>
  chain.length < 2 ? '' : ` (through ${chain.slice(1).join(' > ')})`;

const needs = (demand: PluginDemand): string =>
  `${demand.chain[0] ?? 'the plugin'} needs ${wanted(demand)}${through(demand)}`;

/** The part of a version that ranges are made of: `18`, `0.4`. */
const line = (version: string): string => /^(?:0\.\d+|\d+)/.exec(version)?.[0] ?? version;

const holders: Readonly<Record<Ecosystem, string>> = { npm: 'Node', python: 'Python' };

/** What is in the way, in words: plugin, package, both versions, and who asked. */
export const conflictText = (conflict: PluginConflict, ecosystem: Ecosystem): string => {
  const { name, reason, locked } = conflict;
  const has = locked === null ? 'does not have it' : `has ${name} ${locked}`;
  switch (reason) {
    case 'version':
      return `${needs(conflict)}, the runtime ${has}`;
    case 'look-alike':
      return `${needs(conflict)}, whose name differs in case only from a package of the runtime (${locked ?? 'built in'})`;
    case 'built-in':
      return `${needs(conflict)}, and ${holders[ecosystem]} has a module of this name`;
    case 'joined':
      return `${needs(conflict)}, and the runtime has ${name} ${locked ?? ''} in a file of its own, where it can't be shared`;
  }
};

/** The way out. */
export const conflictAdvice = ({ name, reason, locked }: PluginConflict): string => {
  switch (reason) {
    case 'version':
      return locked === null
        ? 'update the runtime, or remove the plugin'
        : `update the runtime, or add a version of the plugin that takes ${name} ${line(locked)}`;
    case 'look-alike':
    case 'built-in':
      return 'add a version of the plugin that does without it';
    case 'joined':
      return `keep ${name} out of the file of the runtime (external to its bundler), and write the lock anew`;
  }
};
