import { canonicalName } from '../../core-lock/python-distribution.ts';
import { isSpecifier } from '../../core-lock/python-specifier.ts';
import type { Missing } from './demands.ts';
import { isAddressed, type Need, type PipReport } from './report.ts';

/** Asks pip for packages alone, without what they need; null where one of them is not to be had. */
export type Ask = (requirements: readonly string[]) => Promise<PipReport | null>;

/** Times that pip is asked: once for each step away from the plugin, more often where the index lacks something. */
const mostQuestions = 32;
/** Packages that are asked for at once. */
const mostAtOnce = 200;

/** In halves, where not everything is to be had. */
const inParts = async (ask: Ask, requirements: readonly string[]): Promise<readonly PipReport[]> => {
  const report = await ask(requirements);
  if (report !== null) return [report];
  if (requirements.length === 1) return [];
  const middle = Math.ceil(requirements.length / 2);
  const first = await inParts(ask, requirements.slice(0, middle));
  return [...first, ...(await inParts(ask, requirements.slice(middle)))];
};

/** As a range on the command line, where pip takes what has a slash in it for a place. */
const rangeOf = ({ range }: Need): string => (isSpecifier(range) && !/[/\\]/.test(range) ? range : '');

/** By canonical name, as the nearest to the plugin asks for it. */
const requirementsOf = (
  missing: readonly Missing[],
  tried: ReadonlySet<string>,
): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const { need } of missing) {
    const name = canonicalName(need.name);
    if (isAddressed(need) || tried.has(name) || found.has(name) || found.size === mostAtOnce) continue;
    found.set(name, `${name}${rangeOf(need)}`);
  }
  return found;
};

const joined = (reports: readonly [PipReport, ...PipReport[]]): PipReport => ({
  ...reports[0],
  chosen: new Map(reports.toReversed().flatMap(({ chosen }) => [...chosen])),
});

/**
 * Where all together have no solution: what each says for itself, the newest that its first asker takes, step by step from the plugin
 * on. What is not to be had is left out. Null where that is the plugin itself.
 */
export const walk = async (
  askOnce: Ask,
  plugin: string,
  missingOf: (report: PipReport) => readonly Missing[],
): Promise<PipReport | null> => {
  let questions = 0;
  const ask: Ask = async requirements => {
    questions += 1;
    return questions > mostQuestions ? null : askOnce(requirements);
  };
  let report = await ask([plugin]);
  const tried = new Set<string>();
  while (report !== null && questions < mostQuestions) {
    const wanted = requirementsOf(missingOf(report), tried);
    if (wanted.size === 0) break;
    for (const name of wanted.keys()) tried.add(name);
    report = joined([report, ...(await inParts(ask, [...wanted.values()]))]);
  }
  return report;
};
