import { historyText } from '../cli/history-text.ts';
import { plainText } from '../cli/text.ts';
import { replayEvents } from '../store/journal-form.ts';
import type { ChartName } from './film.ts';
import type { Entry } from './journal-lines.ts';

const marks = new Set(['schema', 'at', 'pid', 'run', 'seq', 'event', 'chart', 'by', 'state']);
const longest = 300;

const isRecord = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Plain words for a value: failures by code and message, candidates by version and role, the rest key by key. */
const valueText = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(valueText).join('; ');
  if (!isRecord(value)) return plainText(value);
  const { code, message, version, role, suspect, verdict } = value;
  if (typeof message === 'string') return typeof code === 'string' ? `${code}: ${message}` : message;
  if (isRecord(suspect) && isRecord(verdict)) {
    return `${valueText(suspect.candidate)}: ${valueText(verdict)}`;
  }
  if (typeof version === 'string' && typeof role === 'string') return `${version} (${role})`;
  return Object.entries(value)
    .filter(([, inner]) => inner !== null && inner !== '')
    .map(([name, inner]) => `${name} ${valueText(inner)}`)
    .join(', ');
};

const short = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

/** Everything that a line says beside what it is, also what nobody here knows. */
export const factsOf = (entry: Entry): Record<string, string> => {
  const facts: Record<string, string> = {};
  for (const name of Object.keys(entry)) {
    if (marks.has(name)) continue;
    const value = entry[name];
    if (value !== null && value !== '')
      facts[name] = typeof value === 'string' ? short(value) : short(valueText(value));
  }
  return facts;
};

/** A text as a sentence. */
export const sentence = (text: string): string => {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
};

const beganText = ({ package: name, stagedoor, node, electron, platform }: Entry): string => {
  const shell = electron === undefined ? '' : `Electron ${plainText(electron)}, `;
  return `A run of ${plainText(name)}: stagedoor ${plainText(stagedoor)}, ${shell}Node ${plainText(node)}, ${plainText(platform)}`;
};

/** A fact in one sentence. */
export const factText = (entry: Entry): string =>
  sentence(entry.event === replayEvents.began ? beganText(entry) : historyText(entry));

/** The chart that tells a fact, and the action by which it does; null: nobody's, or not known here. */
export const tellerOf = (event: string): { readonly chart: ChartName; readonly action: string } | null => {
  const [group = '', name = ''] = event.split(':');
  const action = `tell${name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
  if (event === 'runtime:update-staged') return { chart: 'update', action: 'tellStaged' };
  if (group === 'update' && name !== '') return { chart: 'update', action };
  if (group === 'natives' && name !== '') return { chart: 'natives', action };
  return group === 'runtime' && name !== '' ? { chart: 'launch', action } : null;
};
