import { oneLine } from './text.ts';

type Entry = Readonly<Record<string, unknown>>;

const record = (value: unknown): Entry =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

const messageOf = (value: unknown): string => String(record(value).message ?? 'an unknown fault');

const exitText = (value: unknown): string => {
  const { code, signal } = record(value);
  return typeof signal === 'string' ? `by ${signal}` : `with code ${String(code)}`;
};

const judgementText = (value: unknown): string => {
  const { suspect, verdict } = record(value);
  const { version } = record(record(suspect).candidate);
  return `${String(version)}: ${String(record(verdict).reason)}`;
};

const settledText = (entry: Entry): string => {
  const version = typeof entry.version === 'string' ? ` (${entry.version})` : '';
  return entry.outcome === 'failed'
    ? `check failed: ${messageOf(entry.error)}`
    : `check: ${String(entry.outcome)}${version}`;
};

const texts: Readonly<Record<string, (entry: Entry) => string>> = {
  'runtime:starting': ({ version, role }) => `${String(version)} is started (${String(role)})`,
  'runtime:ready': ({ version }) => `${String(version)} is ready`,
  'runtime:trusted': ({ version }) => `${String(version)} is known-good from now on`,
  'runtime:failed': ({ error }) => messageOf(error),
  'runtime:exited': ({ version, exit, restarting }) =>
    `${String(version)} ended ${exitText(exit)}${restarting === true ? '; it is started again' : ''}`,
  'runtime:judged': ({ judgements }) =>
    Array.isArray(judgements) ? `verdict: ${judgements.map(judgementText).join('; ')}` : 'verdict',
  'runtime:rolled-back': ({ version, reason, running }) =>
    `${String(version)} is marked bad: ${String(reason)}; ${String(running)} runs instead`,
  'runtime:exhausted': ({ error }) => `nothing could be started: ${messageOf(error)}`,
  'runtime:update-staged': ({ version }) => `${String(version)} is staged`,
  'update:settled': settledText,
};

const silent = new Set(['schema', 'at', 'pid', 'seq', 'event']);

const valueText = (value: unknown): string => {
  if ('message' in record(value)) return messageOf(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** An entry that is not known here: its name and what it says, key by key. */
const otherText = (entry: Entry): string => {
  const facts = Object.entries(entry)
    .filter(([key, value]) => !silent.has(key) && value !== null)
    .map(([key, value]) => `${key} ${valueText(value)}`);
  return `${String(entry.event)}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`;
};

/** One entry of the journal as one line; whatever is in it, it never throws. */
export const historyText = (entry: Entry): string =>
  oneLine((texts[String(entry.event)] ?? otherText)(entry));
