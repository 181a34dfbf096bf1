import type {
  BadMark,
  Candidate,
  CheckResult,
  Exit,
  NativesOutcome,
  Refusal,
  Release,
} from '#machines/contract.js';
import { type Failure, type FailureCode, failureOf } from '#machines/failure.js';
import type { Schedule } from '#machines/schedule.js';

/** A fault as the adapters reject with it. */
export const failure = (code: FailureCode, retryAfterMs?: number): Failure =>
  failureOf({ code, message: `${code} happened`, hint: 'look at it', retryAfterMs });

export const release = (version: string): Release => ({
  name: 'runtime',
  version,
  integrity: `sha512-${version}`,
  unpackedSize: 1_000,
});

export const pinned: Refusal = { code: 'pinned', version: '1.0.0', message: '1.0.0 is pinned' };

export const mark = (version: string): BadMark => ({
  version,
  integrity: null,
  platform: 'linux-x64',
  abi: '115',
  shellVersion: '1.0.0',
  cause: 'LAUNCH_EXITED_EARLY',
  reason: 'it ended before it was ready',
  strikes: 2,
  attempt: null,
  firstSeen: '2026-01-01T00:00:00.000Z',
  lastSeen: '2026-01-01T00:00:00.000Z',
});

type Answers = {
  [Kind in CheckResult['kind']]: Extract<CheckResult, { kind: Kind }>;
};

/** Every answer that a check can give. */
export const answers = (version = '1.1.0', scratch = 'scratch-1'): Answers => ({
  available: { kind: 'available', release: release(version), current: '1.0.0', scratch, refusal: null },
  adoptable: { kind: 'adoptable', release: release(version), current: '1.0.0', scratch, refusal: null },
  upToDate: { kind: 'upToDate', version: '1.0.0', current: '1.0.0' },
  alreadyStaged: { kind: 'alreadyStaged', version },
  badVersion: { kind: 'badVersion', version, mark: mark(version) },
  incompatible: {
    kind: 'incompatible',
    version,
    reason: { field: 'engines', wanted: '>=99', actual: '20.0.0' },
  },
  outgrown: { kind: 'outgrown', version, needs: 'my-app >=3', shell: '2.0.0' },
});

/** The natives of a candidate that has none, or whose own fit. */
export const matched: NativesOutcome = {
  kind: 'matched',
  tag: 'node-115',
  places: [],
  tree: null,
  failure: null,
  fault: null,
};
/** Natives that were all made for something else. */
export const gateClosed: NativesOutcome = {
  ...matched,
  kind: 'unavailable',
  failure: failure('NATIVE_ABI_MISMATCH'),
};

export const candidate = (role: Candidate['role'], version: string): Candidate => ({
  role,
  version,
  tree: role === 'bundled' ? null : `tree-${version}`,
  firstStart: role === 'override',
});

export const override = candidate('override', '3.0.0');
export const previous = candidate('previous', '2.0.0');
export const bundled = candidate('bundled', '1.0.0');

/** How a child ended: by itself with code 1 after a second, unless told otherwise. */
export const exit = (facts: Partial<Exit> = {}): Exit => ({
  code: 1,
  signal: null,
  external: false,
  uptimeMs: 1_000,
  environment: null,
  tail: 'boom',
  ...facts,
});

export const schedule: Schedule = {
  firstCheckMs: 30_000,
  intervalMs: 1_800_000,
  jitter: 0.2,
  backoffBaseMs: 60_000,
  backoffCapMs: 14_400_000,
};
