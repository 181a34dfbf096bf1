import type { FailureCode } from '../../../machines/failure.ts';
import { StagedoorError } from '../../failure.ts';
import { environmentFault } from '../../process/environment-fault.ts';

type Sign = {
  readonly pattern: RegExp;
  readonly code: FailureCode;
  readonly says: string;
  readonly hint?: string;
};

/** What pip and uv print, from pip 18 on. The first that is found tells. */
const signs: readonly Sign[] = [
  {
    pattern: /DO NOT MATCH THE HASHES|hash mismatch for/i,
    code: 'INTEGRITY_MISMATCH',
    says: 'an archive is not the one that the app has pinned',
    hint: 'Pin what is really published: `stagedoor natives pin` prints it.',
  },
  {
    pattern:
      /outside (?:the )?target directory|path traversal|outside (?:of )?(?:the )?(?:archive|destination)/i,
    code: 'PACKAGE_UNSAFE',
    says: 'an archive has a file that leads out of its folder',
  },
  {
    pattern:
      /\b401 (?:Client )?Error\b|\b403 (?:Client )?Error\b|HTTP error 40[13]|status code 40[13]|40[13] (?:Unauthorized|Forbidden)/i,
    code: 'REGISTRY_REFUSED',
    says: 'the package index refuses the request',
    hint: 'Check the index and its credentials in the configuration of pip or uv.',
  },
  {
    pattern:
      /Retry\(total=0|There was a problem confirming the ssl|Max retries exceeded|connection error|error sending request|ReadTimeoutError|Read timed out|ProxyError|dns error|Network is unreachable|HTTP error 5\d\d|Failed to fetch|Connection (?:refused|reset|aborted|broken)/i,
    code: 'REGISTRY_UNREACHABLE',
    says: 'the package index could not be reached',
  },
  {
    pattern:
      /No module named '?(?:setuptools|wheel)|Cannot import '?setuptools|invalid command '?bdist_wheel|Backend '?setuptools/i,
    code: 'NATIVE_ABI_MISMATCH',
    says: 'a package could not be built, because the interpreter has no setuptools or no wheel',
    hint: 'Install setuptools and wheel into this interpreter, or pin a version with an archive for it.',
  },
  {
    pattern:
      /Failed building|Failed to build|subprocess-exited-with-error|metadata-generation-failed|failed with error code|Command errored out|unable to execute|Python\.h: No such file/i,
    code: 'NATIVE_ABI_MISMATCH',
    says: 'a package could not be built',
    hint: "Install a compiler and the interpreter's headers, or pin a version with an archive for it.",
  },
  {
    pattern:
      /No matching distribution found|Could not find a version|is not a supported wheel|No solution found|no wheels? with a matching|requires a different Python|no usable wheels|has no .{0,40}wheel/i,
    code: 'NATIVE_ABI_MISMATCH',
    says: 'the index has no archive of a pinned package for this interpreter',
    hint: 'Pin a version that has one, or allow the package to be built; a newer pip knows more systems.',
  },
  {
    pattern:
      /is invalid|BadZipFile|not a zip file|Invalid wheel|has inconsistent|invalid metadata|\.dist-info directory not found|failed to (?:read|extract|unzip)/i,
    code: 'PACKAGE_INVALID',
    says: 'an archive is no package that can be installed',
  },
];

const faults: Readonly<Record<string, readonly [FailureCode, string]>> = {
  ENOSPC: ['DISK_FULL', 'there is no room for the packages'],
  EDQUOT: ['DISK_FULL', 'there is no room for the packages'],
  EROFS: ['DISK_DENIED', 'the packages may not be written'],
  EACCES: ['DISK_DENIED', 'the packages may not be written'],
  EPERM: ['DISK_DENIED', 'the packages may not be written'],
};

/** pip writes an errno as `[Errno 28]`. */
const named = (output: string): string =>
  output.replace(/\[Errno 13\]/g, 'EACCES').replace(/os error 28/g, 'ENOSPC');

/** What an installation that failed has printed, as ours. Nothing of the output is repeated: places and passwords are in it. */
export const installFailure = (installer: string, output: string): StagedoorError => {
  const sign = signs.find(({ pattern }) => pattern.test(output));
  const fault = faults[environmentFault(named(output)) ?? ''];
  if (fault !== undefined && sign?.code !== 'INTEGRITY_MISMATCH')
    return new StagedoorError(fault[0], `${installer}: ${fault[1]}`);
  const { code, says, hint } = sign ?? {
    code: 'NATIVE_ABI_MISMATCH',
    says: 'the packages could not be installed',
    hint: 'Install them by hand with the same pins to see why.',
  };
  return new StagedoorError(code, `${installer}: ${says}`, hint === undefined ? {} : { hint });
};

/** Would a build from source help? */
export const isForLackOfArchive = (output: string): boolean =>
  installFailure('', output).hint.includes('allow the package to be built');
