import { clean, compare, explain, type Pep440Version } from '@renovatebot/pep440';

type Clause = { readonly operator: string; readonly operand: string };

/** Null for a text that is no specifier; no clause for an empty one. */
const clausesOf = (specifier: string): readonly Clause[] | null => {
  const clauses: Clause[] = [];
  for (const text of specifier.split(',').map(part => part.trim())) {
    const [, operator, operand] = /^(===|~=|==|!=|<=|>=|<|>)\s*([^\s,;]+)$/.exec(text) ?? [];
    if (operator === undefined || operand === undefined) {
      if (text !== '') return null;
    } else clauses.push({ operator, operand });
  }
  return clauses;
};

const sameBase = (a: Pep440Version, b: Pep440Version): boolean =>
  compare(a.base_version, b.base_version) === 0;

/** `1.0` → `1`, `1.0`, `1.0.0`: a prefix counts by its numbers, missing ones are zeros. */
const hasPrefix = (version: Pep440Version, epoch: number, prefix: readonly number[]): boolean =>
  version.epoch === epoch && prefix.every((number, index) => number === (version.release[index] ?? 0));

/** A public version in a specifier does not speak of local ones. */
const isEqual = (version: string, about: Pep440Version, operand: string): boolean => {
  const wanted = explain(operand);
  if (wanted !== null) return compare(wanted.local === null ? about.public : version, operand) === 0;
  const prefix = operand.endsWith('.*') ? explain(operand.slice(0, -2)) : null;
  return prefix !== null && hasPrefix(about, prefix.epoch, prefix.release);
};

/** What may stand behind an operator; behind `===` anything may. */
const isOperand = ({ operator, operand }: Clause): boolean => {
  if (operator === '===') return true;
  const prefix = operand.endsWith('.*') && /^[!=]=$/.test(operator) ? explain(operand.slice(0, -2)) : null;
  if (prefix !== null) return !prefix.is_prerelease && !prefix.is_postrelease && prefix.local === null;
  const wanted = explain(operand);
  if (wanted === null || (wanted.local !== null && !/^[!=]=$/.test(operator))) return false;
  return operator !== '~=' || wanted.release.length > 1;
};

/** `>1` is no later packaging of 1, and `<2` nothing that comes before 2, unless the specifier itself speaks of such. */
const isOrdered = (version: string, about: Pep440Version, { operator, operand }: Clause): boolean => {
  const wanted = explain(operand);
  if (wanted === null) return false;
  const order = compare(version, operand);
  switch (operator) {
    case '<=':
      return compare(about.public, operand) <= 0;
    case '>=':
      return compare(about.public, operand) >= 0;
    case '<':
      return order < 0 && !(about.is_prerelease && !wanted.is_prerelease && sameBase(about, wanted));
    case '>':
      return (
        order > 0 &&
        !(about.is_postrelease && !wanted.is_postrelease && sameBase(about, wanted)) &&
        !(about.local !== null && sameBase(about, wanted))
      );
    default: {
      const prefix = wanted.release.slice(0, -1);
      return compare(about.public, operand) >= 0 && hasPrefix(about, wanted.epoch, prefix);
    }
  }
};

const isMet = (version: string, clause: Clause): boolean => {
  const { operator, operand } = clause;
  const about = explain(version);
  if (operator === '===') return (clean(version) ?? version).toLowerCase() === operand.toLowerCase();
  if (about === null || !isOperand(clause)) return false;
  if (operator === '==') return isEqual(version, about, operand);
  if (operator === '!=') return !isEqual(version, about, operand);
  return isOrdered(version, about, clause);
};

/** A version by PEP 440. */
export const isPythonVersion = (text: string): boolean => explain(text) !== null;

/** A specifier by PEP 440: clauses with commas between them. */
export const isSpecifier = (text: string): boolean => clausesOf(text)?.every(isOperand) ?? false;

/**
 * Does a version that is there meet a specifier (PEP 440)? A pre-release may, as pip has it for what is installed. An empty
 * specifier is met by every version, one that is none by no version.
 */
export const meetsSpecifier = (version: string, specifier: string): boolean =>
  clausesOf(specifier)?.every(clause => isMet(version, clause)) ?? false;
