import type { PluginWish } from '../../../machines/contract.ts';
import type { CoreLock } from '../../core-lock/core-lock.ts';
import { canonicalName } from '../../core-lock/python-distribution.ts';
import { isPythonVersion, isSpecifier } from '../../core-lock/python-specifier.ts';
import { sharedCopies } from '../../core-lock/shared-copies.ts';
import { StagedoorError } from '../../failure.ts';

const validName = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i;
const longestName = 255;

const unknown = (message: string, hint: string): StagedoorError =>
  new StagedoorError('VERSION_UNKNOWN', message, { hint });

const specifierOf = ({ name, spec }: PluginWish): string => {
  const text = (spec ?? '').trim();
  if (isPythonVersion(text)) return `==${text}`;
  if (isSpecifier(text)) return text;
  throw unknown(
    `${JSON.stringify(text)} is no version of ${name}`,
    'Name a version (1.2.0) or a specifier of PEP 440 (>=1.2,<2).',
  );
};

/** What pip is asked for; a wish that it could take for something else is refused, as is one for what is there already. */
export const requirementOf = (wish: PluginWish, lock: CoreLock): string => {
  const { name } = wish;
  if (!validName.test(name) || name.length > longestName)
    throw unknown(`${JSON.stringify(name)} is no name of a Python package`, 'Name it as its index does.');
  const locked = sharedCopies(lock, 'python').get(canonicalName(name));
  if (locked !== undefined)
    throw unknown(
      `${name} belongs to the runtime, which has ${locked.version}: it is no plugin`,
      'A plugin may import it without anything.',
    );
  return `${canonicalName(name)}${specifierOf(wish)}`;
};
