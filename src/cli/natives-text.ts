import type { NativesReport } from '../natives/report.ts';
import type { Style } from './style.ts';
import { block } from './text.ts';

type Work = { readonly tag: string; readonly names: readonly string[] };

const listed = (names: readonly string[]): string => names.join(', ');

/** The one line to the user on the first need of an ABI (N-05). */
export const installingText = ({ tag, names }: Work): string =>
  `installing ${listed(names)} for ${tag}: once for this ABI`;

export const waitingText = ({ tag, names }: Work): string =>
  `another process is installing ${listed(names)} for ${tag}; this one waits for it`;

const places = {
  own: 'beside the runtime',
  bundle: 'in the bundle',
  tree: 'in the tree of this ABI',
} as const;

const headline = (
  { outcome, tag, tree }: Pick<NativesReport, 'outcome' | 'tag' | 'tree'>,
  exec: string,
  style: Style,
): string => {
  if (tag === null) return `${exec} does not say what it is: nobody can tell what fits.`;
  switch (outcome) {
    case 'matched':
      return `Everything ${style.good('fits')} ${tag}.`;
    case 'cached':
      return `Everything fits ${tag}: its tree ${tree} is ${style.good('there')}.`;
    case 'ready':
      return `Everything fits ${tag}: its tree ${tree} is ${style.good('installed')}.`;
    case 'skipped':
    case 'unavailable':
      return `Nobody can tell what fits ${tag}; it is left to the runtime to load it.`;
  }
};

/** What came of it, where the gate is open. */
export const nativesText = (
  report: Omit<NativesReport, 'fault'>,
  { exec, names }: { readonly exec: string; readonly names: readonly string[] },
  style: Style,
): string => {
  if (names.length === 0) return 'No native dependency is named, so there is nothing to fit.';
  const from = new Map(report.places.map(place => [place.name, places[place.from]]));
  const rows = names.map(name => [name, from.get(name) ?? style.faint('not known')] as const);
  return `${headline(report, exec, style)}\n${block(rows, style.strong)}`;
};
