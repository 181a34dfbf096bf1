import { isNewer } from '../store/journal-form.ts';
import { bytesText, count, oneLine, plainText, withoutVersion } from './text.ts';

type Entry = Readonly<Record<string, unknown>>;

const record = (value: unknown): Entry =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const messageOf = (value: unknown): string => plainText(record(value).message ?? 'an unknown fault');
const failureOf = (entry: Entry): string =>
  messageOf(entry.error ?? entry.failure ?? record(entry.suspect).failure);

/** The launcher keeps the chart's own events, the whole thing keeps the host's: both name a candidate. */
const candidateOf = (entry: Entry): { version: string; role: string } => {
  const candidate = record(entry.candidate ?? record(entry.suspect).candidate);
  return {
    version: plainText(entry.version ?? candidate.version),
    role: roleText(plainText(entry.role ?? candidate.role)),
  };
};

const roles: Readonly<Record<string, string>> = { override: 'staged', previous: 'previous known-good' };

/** A role in the words of the command line. */
export const roleText = (role: string): string =>
  (Object.hasOwn(roles, role) ? roles[role] : undefined) ?? role;

const exitText = (value: unknown): string => {
  const { code, signal } = record(value);
  return typeof signal === 'string' ? `by ${signal}` : `with code ${plainText(code)}`;
};

const judgementText = (value: unknown): string => {
  const { suspect, verdict } = record(value);
  const { version } = record(record(suspect).candidate);
  return `${plainText(version)}: ${plainText(record(verdict).reason)}`;
};

const badText = (value: unknown): string => {
  const { version, reason } = record(value);
  return `${plainText(version)} is marked bad: ${withoutVersion(plainText(version), plainText(reason))}`;
};

const settledText = (entry: Entry): string => {
  const version = typeof entry.version === 'string' ? ` (${entry.version})` : '';
  return entry.outcome === 'failed'
    ? `check: failed (${failureOf(entry)})`
    : `check: ${plainText(entry.outcome)}${version}`;
};

const triedText = ({ candidates }: Entry): string => {
  const versions = list(candidates).map(candidate => {
    const { version, role } = candidateOf({ candidate });
    return `${version} (${role})`;
  });
  return versions.length === 0 ? 'there is nothing to launch' : `to be tried: ${versions.join(', ')}`;
};

const collectedText = ({ removed, swept, plugins, freedBytes }: Entry): string => {
  const ofPlugins = list(record(plugins).removed).length;
  const left = list(swept).length + list(record(plugins).swept).length;
  const parts = [
    ...list(removed).map(plainText),
    ...(ofPlugins > 0 ? [`${count(ofPlugins, 'tree')} of plugins`] : []),
    ...(left > 0 ? ['leftovers'] : []),
  ];
  const freed = typeof freedBytes === 'number' ? `, ${bytesText(freedBytes)} freed` : '';
  return `collected: ${parts.join(', ') || 'nothing'}${freed}`;
};

const pluginOf = ({ ecosystem, name, version }: Entry): string =>
  `${ecosystem === 'python' ? 'python:' : ''}${plainText(name)} ${plainText(version)}`;

const texts: Readonly<Record<string, (entry: Entry) => string>> = {
  starting: entry => `${candidateOf(entry).version} is started (${candidateOf(entry).role})`,
  ready: entry => `${candidateOf(entry).version} is ready`,
  trusted: ({ version }) => `${plainText(version)} is known-good from now on`,
  failed: entry => failureOf(entry),
  exited: ({ version, exit, restarting }) =>
    `${plainText(version)} ended ${exitText(exit)}${restarting === true ? '; it is started again' : ''}`,
  judged: ({ judgements }) => `verdict: ${list(judgements).map(judgementText).join('; ')}`,
  'rolled-back': badText,
  rolledBack: ({ versions }) => list(versions).map(badText).join('; '),
  exhausted: entry => `nothing could be started: ${failureOf(entry)}`,
  'update-staged': ({ version }) => `${plainText(version)} is staged`,
  settled: settledText,
  outgrown: ({ version, needs, shell }) =>
    `${plainText(version)} needs a newer shell: ${plainText(needs)}, here it is ${plainText(shell)}`,
  resolved: triedText,
  collected: collectedText,
  'order:rollback': ({ from, to }) => `rolled back by hand from ${plainText(from)} to ${plainText(to)}`,
  'order:pin': ({ version }) => `${plainText(version)} is pinned`,
  'order:unpin': ({ version }) => `${plainText(version)} is no longer pinned`,
  'order:forgive': ({ version }) => `${plainText(version)} is forgiven`,
  'order:gc': collectedText,
  'order:plugin-add': entry => `the plugin ${pluginOf(entry)} is installed`,
  'order:plugin-remove': entry => `the plugin ${pluginOf(entry)} is removed`,
};

const silent = new Set(['schema', 'at', 'pid', 'run', 'seq', 'event']);

const valueText = (value: unknown): string => {
  if ('message' in record(value)) return messageOf(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** An entry that is not known here: its name and what it says, key by key. */
const otherText = (entry: Entry): string => {
  const facts = Object.entries(entry)
    .filter(([key, value]) => !silent.has(key) && value !== null)
    .map(([key, value]) => `${key} ${valueText(value)}`);
  return `${plainText(entry.event)}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`;
};

/** One entry of the journal as one line; whatever is in it, it never throws. */
export const historyText = (entry: Entry): string => {
  const name = plainText(entry.event);
  const ownName = name.replace(/^(runtime|launch|update|store)[:.]/, '');
  const key = [name, ownName].find(each => Object.hasOwn(texts, each));
  const known = key === undefined ? undefined : texts[key];
  const text = oneLine((known ?? otherText)(entry));
  return isNewer(entry) ? `${text} (written by a newer stagedoor)` : text;
};
