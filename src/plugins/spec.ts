import type { Ecosystem, PluginWish } from '../../machines/contract.ts';
import { isPluginName } from './place.ts';

/** `python:NAME`, or `NAME` of npm unless another ecosystem is meant. */
const prefixed = /^(npm|python):(.*)$/s;
/** A range, a version or a tag: nothing that leads to another place than the registry. */
const npmWish = /^[\w.^~<>=|*+ -]{1,256}$/;
const pythonText = /^([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)\s*((?:[=<>!~].*)?)$/is;
const pythonWish = /^[\w.=<>!~,*+ -]{1,256}$/;

const npmSpec = (text: string): PluginWish | null => {
  const at = text.indexOf('@', 1);
  const name = at === -1 ? text : text.slice(0, at);
  const spec = at === -1 ? null : text.slice(at + 1).trim();
  const isKnown = isPluginName('npm', name) && (spec === null || npmWish.test(spec));
  return isKnown ? { ecosystem: 'npm', name, spec } : null;
};

const pythonSpec = (text: string): PluginWish | null => {
  const [, said = '', spec = ''] = pythonText.exec(text.trim()) ?? [];
  const name = said.toLowerCase().replace(/[-_.]+/g, '-');
  const isKnown = isPluginName('python', name) && (spec === '' || pythonWish.test(spec));
  return isKnown ? { ecosystem: 'python', name, spec: spec === '' ? null : spec } : null;
};

/**
 * A plugin as it is written: `NAME`, `NAME@RANGE` of npm; `python:NAME`, `python:NAME==1.0`. `ecosystem`: what a text without a prefix
 * means. Null for what is none, such as an address or a folder.
 */
export const parsePluginSpec = (text: unknown, ecosystem: Ecosystem = 'npm'): PluginWish | null => {
  if (typeof text !== 'string') return null;
  const [, prefix = ecosystem, rest = text] = prefixed.exec(text) ?? [];
  return prefix === 'python' ? pythonSpec(rest) : npmSpec(rest);
};

/** The same for a plugin that is installed, which has a name alone. */
export const parsePluginName = (text: unknown, ecosystem: Ecosystem = 'npm'): PluginWish | null => {
  const wish = parsePluginSpec(text, ecosystem);
  return wish?.spec === null ? wish : null;
};

/** `chart`, `python:chart`: how a plugin is named to people. */
export const pluginText = ({ ecosystem, name }: Pick<PluginWish, 'ecosystem' | 'name'>): string =>
  ecosystem === 'npm' ? name : `python:${name}`;
