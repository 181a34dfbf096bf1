import { pluginText } from '../plugins/spec.ts';
import type { Status, StatusBundled, StatusPointer, StatusVersion } from '../upkeep/status.ts';
import { roleText } from './history-text.ts';
import { identityText } from './identity-text.ts';
import { unguardedText } from './plugin/unguarded-text.ts';
import type { Style } from './style.ts';
import { block, bytesText, count, momentText, oneLine, type Row, withoutVersion } from './text.ts';

const pointerText = (pointer: StatusPointer, style: Style): string => {
  switch (pointer.state) {
    case 'none':
      return style.faint('none');
    case 'invalid':
      return `${style.warning('invalid')}: ${pointer.reason}`;
    case 'stale':
      return `${pointer.version} ${style.warning('stale')}: its entry is missing, or the bundled runtime is not below it`;
    case 'valid':
      return pointer.version;
  }
};

const bundledText = (bundled: StatusBundled, style: Style): string => {
  if (bundled.state === 'valid') return bundled.version;
  return bundled.state === 'none' ? style.faint('none') : `${style.bad('invalid')}: ${bundled.reason}`;
};

/** Cells of a column get the width of the widest. */
const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, index) => Math.max(known[index] ?? 0, cell.length)),
    [],
  );
  return rows.map(row =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const versionRow = (version: StatusVersion): readonly string[] => {
  const { healthyLaunches, listed } = version;
  const facts = [
    version.trusted
      ? 'trusted'
      : healthyLaunches === 0
        ? 'never launched'
        : count(healthyLaunches, 'healthy launch', 'es'),
    ...(version.inUse ? ['in use'] : []),
    ...(listed ? [] : ['no tree list']),
  ];
  return [version.version, bytesText(version.bytes), facts.join(', ')];
};

const markLines = ({ badVersions }: Status, style: Style): string[] =>
  badVersions.map(mark => {
    const standing = mark.standing ? style.bad(mark.version) : style.warning(mark.version);
    const weight = mark.strikes >= 2 ? mark.cause : `${mark.cause}, ${count(mark.strikes, 'strike')}`;
    const lapsed = mark.standing || mark.strikes < 2 ? '' : ', lapsed';
    return `${standing}  ${oneLine(withoutVersion(mark.version, mark.reason))} ${style.faint(`(${weight}${lapsed}, ${momentText(mark.lastSeen)})`)}`;
  });

const attemptLines = ({ attempts }: Status, style: Style): string[] =>
  aligned(
    attempts.map(({ openedAt, version, state, role }) => [
      momentText(openedAt),
      version,
      state,
      roleText(role),
    ]),
  ).map((line, index) => {
    const { detail = null, identity = null } = attempts[index] ?? {};
    const notes = [detail, identity === null ? null : identityText(identity)];
    const told = notes.filter(note => note !== null).map(oneLine);
    return told.length === 0 ? line : `${line}  ${style.faint(told.join('; '))}`;
  });

const leftoverText = ({ leftovers }: Status, style: Style): string => {
  const { partials, temporaries, trash } = leftovers;
  const parts = [
    ...(partials.length > 0 ? [count(partials.length, 'partial folder')] : []),
    ...(temporaries.length > 0 ? [count(temporaries.length, 'temporary file')] : []),
    ...(trash.length > 0 ? [count(trash.length, 'discarded folder')] : []),
  ];
  return parts.length === 0 ? style.faint('none') : `${parts.join(', ')} (stagedoor gc removes them)`;
};

const pluginLines = ({ plugins, unguarded, current }: Status, style: Style): string[] => [
  ...plugins.map(plugin => {
    const { version, damage } = plugin;
    const state = damage === null ? (version ?? '') : `${style.bad('damaged')}: ${damage}`;
    return `${pluginText(plugin)} ${state}`;
  }),
  ...(unguarded && current !== null ? [unguardedText(current, style)] : []),
];

const optional = (label: string, lines: readonly string[]): readonly Row[] =>
  lines.length === 0 ? [] : [[label, lines]];

/** The store at a glance: a block of labels and values. */
export const statusText = (status: Status, style: Style): string => {
  const none = style.faint('none');
  return block(
    [
      ['store', `${status.store} ${style.faint(`(${bytesText(status.bytesOnDisk)})`)}`],
      ['next launch', status.current === null ? none : style.strong(style.good(status.current))],
      ['pointer', pointerText(status.pointer, style)],
      ['previous good', status.previousGood ?? none],
      ['bundled', bundledText(status.bundled, style)],
      ...(status.pinned === null ? [] : ([['pinned', style.warning(status.pinned)]] as const)),
      ['staged', status.versions.length === 0 ? none : aligned(status.versions.map(versionRow))],
      ...optional('staging now', status.staging),
      ['bad', status.badVersions.length === 0 ? none : markLines(status, style)],
      ['attempts', status.attempts.length === 0 ? none : attemptLines(status, style)],
      ...optional('plugins', pluginLines(status, style)),
      ['leftovers', leftoverText(status, style)],
    ],
    style.faint,
  );
};
