/**
 * Faults of the machine that a dying program leaves in its last output (P-26). Node prints the errno; other programs
 * print the system's text. A dlopen failure counts too: unsigned, blocked or mismatching `.node` files.
 */
const faults: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['ENOSPC', /\bENOSPC\b|no space left on device|database or disk is full/i],
  ['EDQUOT', /\bEDQUOT\b|disk quota exceeded/i],
  ['EROFS', /\bEROFS\b|read-only file system/i],
  ['EIO', /\bEIO\b|\binput\/output error\b/i],
  ['EADDRINUSE', /\bEADDRINUSE\b|address already in use/i],
  ['ENOMEM', /\bENOMEM\b|cannot allocate memory/i],
  ['EMFILE', /\bEMFILE\b|\bENFILE\b|too many open files/i],
  ['NODE_MODULE_VERSION', /\bNODE_MODULE_VERSION \d+/],
  [
    'ERR_DLOPEN_FAILED',
    /\bERR_DLOPEN_FAILED\b|cannot open shared object|invalid ELF header|wrong ELF class|undefined symbol: |version `[^']+' not found|\bdlopen\(|Library not loaded:|code signature (?:in|invalid|not valid)|is not a valid Win32 application/i,
  ],
  ['EACCES', /\bEACCES\b/],
  ['EPERM', /\bEPERM\b/],
];

/** The fault that stands last in the output: what came just before the end is what ended it. Null if there is none. */
export const environmentFault = (output: string): string | null => {
  let found: { readonly name: string; readonly at: number } | null = null;
  for (const [name, pattern] of faults) {
    const last = [...output.matchAll(new RegExp(pattern, `${pattern.flags}g`))].at(-1);
    // A mismatching module is also reported as a failed dlopen, later: the first entry of the list is the sharper name.
    const isSharper = name === 'ERR_DLOPEN_FAILED' && found?.name === 'NODE_MODULE_VERSION';
    if (last !== undefined && !isSharper && (found === null || last.index > found.at)) {
      found = { name, at: last.index };
    }
  }
  return found?.name ?? null;
};
