import npa from 'npm-package-arg';
import { isPackageName } from '../../core-lock/naming.ts';
import { oneLine } from '../../failure.ts';
import { longestDemand } from '../../staging/compatibility.ts';

/** What stands beside a name in somebody's dependencies. */
export type Ask = {
  /** As it is imported. */
  readonly as: string;
  /** The package that it stands for. */
  readonly name: string;
  /** As written, without what makes it an alias. */
  readonly range: string;
  /** False: a folder, a URL, a repository, or nothing that npm understands. */
  readonly fromRegistry: boolean;
  /** Whoever asks can do without. */
  readonly optional: boolean;
};

const comparators = /^(?:(?:[\^~]|[<>]=?|=)?v?[\dx*][\w.*+-]*(?:\s*\|\|\s*|\s+-\s+|\s+|$))+$/i;

/** What looks like a range or a tag is not read by npm's own parser: a document holds 10⁵ of them. */
const isPlain = (spec: string): boolean =>
  spec === '' || /^[a-z][\w-]*$/i.test(spec) || (comparators.test(spec) && !/\.(?:tgz|tar|gz)$/i.test(spec));

/** npm takes none of these for a package, though the form is right. */
const isName = (name: unknown): name is string =>
  isPackageName(name) && !/^(?:-|(?:node_modules|favicon\.ico)$)/i.test(name);

const parsed = (as: string, spec: string): npa.Result | null => {
  try {
    return npa.resolve(as, spec);
  } catch {
    // `workspace:` and the like: npm has no name for them but an error.
    return null;
  }
};

const registryTypes: ReadonlySet<string> = new Set(['version', 'range', 'tag']);

type Meaning = Pick<Ask, 'name' | 'range' | 'fromRegistry'>;

const meaningOf = (as: string, spec: string): Meaning => {
  const elsewhere = { name: as, range: spec, fromRegistry: false };
  if (spec.length > longestDemand || !isName(as)) return elsewhere;
  if (isPlain(spec)) return { name: as, range: spec, fromRegistry: true };
  const result = parsed(as, spec);
  if (result === null) return elsewhere;
  if (registryTypes.has(result.type)) return { name: as, range: spec, fromRegistry: true };
  const target = result instanceof Object && 'subSpec' in result ? (result.subSpec as npa.Result) : null;
  if (target === null || target.name === null || !isName(target.name) || !registryTypes.has(target.type))
    return elsewhere;
  return { name: target.name, range: target.rawSpec, fromRegistry: true };
};

/** An entry of a package's dependencies, as npm reads it: an alias counts by what it stands for. */
export const askOf = (as: string, spec: string, optional: boolean): Ask => {
  const { name, range, fromRegistry } = meaningOf(as, spec);
  const text = oneLine(range, longestDemand);
  return {
    as: oneLine(as, longestDemand),
    name: oneLine(name, longestDemand),
    range: text,
    fromRegistry,
    optional,
  };
};
