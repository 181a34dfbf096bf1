import type { BadMark, Candidate } from '../../machines/contract.ts';
import type { Explanation } from '../launching/explanation.ts';
import { historyText, roleText } from './history-text.ts';
import type { Style } from './style.ts';
import { count, momentText, oneLine, plainText, sentence, withoutVersion } from './text.ts';

const candidateText = ({ version, role }: Candidate, style: Style): string =>
  `${style.strong(version)} (${roleText(role)})`;

const launchLine = ({ wouldLaunch }: Explanation, style: Style): string => {
  const [first, ...rest] = wouldLaunch.map(candidate => candidateText(candidate, style));
  if (first === undefined) return style.bad('Nothing can be launched.');
  return rest.length === 0
    ? `The next launch starts ${first}.`
    : `The next launch starts ${first}; if that fails, ${rest.join(', then ')}.`;
};

const markLine = (mark: BadMark, style: Style): string => {
  const seen = `${mark.cause}, ${count(mark.strikes, 'strike')}, last seen ${momentText(mark.lastSeen)}`;
  const what = mark.strikes >= 2 ? 'is marked bad' : 'is under suspicion';
  return `${mark.version} ${what}: ${sentence(oneLine(withoutVersion(mark.version, mark.reason)))} ${style.faint(`(${seen})`)}`;
};

const historyLine = (entry: Readonly<Record<string, unknown>>, style: Style): string =>
  `${style.faint(momentText(plainText(entry.at)))}  ${historyText(entry)}`;

/** What is known of one version, if it is asked for and nothing stands against it. */
const ownLine = (explanation: Explanation, version: string): readonly string[] => {
  const { wouldLaunch, refusals, marks } = explanation;
  const place = wouldLaunch.findIndex(candidate => candidate.version === version);
  if (place === 0) return [`${version} is what starts next.`];
  if (place > 0) return [`${version} starts if what comes before it fails.`];
  return refusals.length + marks.length === 0 ? [`${version} is neither staged nor marked.`] : [];
};

/** One plain sentence a reason, then what the journal remembers. */
export const explainText = (explanation: Explanation, version: string | undefined, style: Style): string => {
  const { refusals, marks, history } = explanation;
  const marked = new Set(marks.map(mark => mark.version));
  const reasons = refusals.filter(
    ({ code, version: of }) => code !== 'bad-version' || of === null || !marked.has(of),
  );
  const lines = [
    launchLine(explanation, style),
    ...(version === undefined ? [] : ownLine(explanation, version)),
    ...reasons.map(refusal =>
      sentence(oneLine(`${refusal.message.charAt(0).toUpperCase()}${refusal.message.slice(1)}`)),
    ),
    ...marks.map(mark => markLine(mark, style)),
  ];
  if (history.length > 0) lines.push('', ...history.map(entry => historyLine(entry, style)));
  return lines.join('\n');
};
