/** Every bound of a check and of staging (P-22), with its unit. Tests and hosts override single ones. */
export type Limits = {
  /** Bytes of a package document. */
  readonly documentBytes: number;
  /** JSON values of a package document: `{},{},…` takes thirty times its bytes of memory. */
  readonly documentValues: number;
  /** Milliseconds for a whole check, retries included. */
  readonly documentMs: number;
  /** Bytes of a tarball. */
  readonly tarballBytes: number;
  /** Milliseconds for a whole download: a drip-fed body never trips a timeout per read. */
  readonly downloadMs: number;
  /** Milliseconds without a single byte. */
  readonly idleMs: number;
  /** Times a failed request is sent again within one check; the chart backs off between checks. */
  readonly retries: number;
  /** Milliseconds before the first of those. */
  readonly retryDelayMs: number;
  /** Bytes of all files of a package together. */
  readonly unpackedBytes: number;
  /** Unpacked bytes per byte of the tarball, looked at from `ratioFloorBytes` on. */
  readonly ratio: number;
  readonly ratioFloorBytes: number;
  /** Bytes of a package's own `package.json`, which is parsed whole. */
  readonly manifestBytes: number;
  /** Files and folders of a package. */
  readonly files: number;
  /** Characters of a path inside the package: 260 on Windows must hold the store's own path too. */
  readonly pathLength: number;
  /** Files that are flushed at the same time. */
  readonly flushes: number;
};

const mebibyte = 1024 * 1024;

export const defaultLimits: Limits = {
  documentBytes: 32 * mebibyte,
  documentValues: 1_500_000,
  documentMs: 60_000,
  tarballBytes: 200 * mebibyte,
  downloadMs: 600_000,
  idleMs: 30_000,
  retries: 2,
  retryDelayMs: 200,
  unpackedBytes: 1024 * mebibyte,
  ratio: 200,
  ratioFloorBytes: 32 * mebibyte,
  manifestBytes: mebibyte,
  files: 50_000,
  pathLength: 120,
  flushes: 16,
};
