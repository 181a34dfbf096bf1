import { StagedoorError } from '../../failure.ts';
import { installFailure } from '../../natives/python/install-failure.ts';

const unbuilt = 'Ask its publisher for a wheel: building a source would run its code.';

const namedIn = (output: string, pattern: RegExp): string | undefined => pattern.exec(output)?.[1];

const sourceOnly = (output: string): StagedoorError | null => {
  if (output.includes('stagedoor: a source would be built'))
    return new StagedoorError('PACKAGE_INVALID', 'something that the plugin needs would have to be built', {
      hint: unbuilt,
    });
  const missing = namedIn(output, /No matching distribution found for ([\w.-]+)/);
  const skipped = [...output.matchAll(/No sources permitted for ([\w.-]+)/g)].map(([, name]) => name);
  if (missing === undefined || !skipped.includes(missing)) return null;
  return new StagedoorError(
    'PACKAGE_INVALID',
    `${missing} is there as a source alone, with no wheel for this interpreter`,
    {
      hint: unbuilt,
    },
  );
};

/** What pip has printed where it found no solution; null where the fault is another. Nothing of it is repeated but names of packages. */
export const unsolvedFailure = (output: string): StagedoorError | null => {
  const source = sourceOnly(output);
  if (source !== null) return source;
  // Of what comes from its own index, pip itself takes no address.
  if (/which are not also hosted on PyPI/.test(output))
    return new StagedoorError('PACKAGE_INVALID', 'something is needed by an address in place of the index');
  if (installFailure('pip', output).code !== 'NATIVE_ABI_MISMATCH') return null;
  const missing = namedIn(output, /No matching distribution found for ([\w.-]+)/);
  if (missing !== undefined)
    return new StagedoorError('VERSION_UNKNOWN', `the index has no ${missing} as it is asked for`, {
      hint: 'Check the name, the version and which Python it is for.',
    });
  if (/ResolutionImpossible|conflicting dependencies|resolution-too-deep/i.test(output))
    return new StagedoorError(
      'PACKAGE_INVALID',
      'what the plugin and its packages ask for can not be met together',
      { hint: 'Ask the publisher of the plugin; pip tells more: `pip install --dry-run NAME`.' },
    );
  return null;
};
