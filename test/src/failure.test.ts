import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { diskFailure, errnoOf } from '#src/failure.js';

const failed = (code: string): Error => Object.assign(new Error(code), { code });

// Windows has no quota of that name.
test.runIf(process.platform !== 'win32')(
  'P-07: an errno that libuv has no name for is known by its number: a quota is a full disk',
  () => {
    const quota = failed(`Unknown system error -${constants.errno.EDQUOT}`);
    expect(errnoOf(quota)).toBe('EDQUOT');
    expect(diskFailure(quota, 'write').code).toBe('DISK_FULL');
    expect(errnoOf(failed('Unknown system error -9999'))).toBe('E9999');
    expect(errnoOf(failed('ENOSPC'))).toBe('ENOSPC');
  },
);
