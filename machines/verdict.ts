import type { Judgement, Observation, Suspect, Verdict } from './contract.ts';

const none = (kind: Verdict['kind'], reason: string): Verdict => ({ kind, mark: 'none', reason });

const environment = 'the machine is to blame, not the version';

/** Rows of the verdict table that need no control run. */
const withoutControl: Partial<Record<Observation, Verdict>> = {
  treeDamaged: none('installDamaged', 'a file differs from what was staged; it is set aside and staged anew'),
  nativesMissing: none('environment', `no native module fits the executable: ${environment}`),
  spawnFailed: none('environment', `it could not be spawned: ${environment}`),
  portTaken: none('environment', `something else answers on the port of its probe: ${environment}`),
  environmentExit: none('environment', `it ended after a fault of the machine: ${environment}`),
  inconclusive: none('inconclusive', 'time stood still or it was ended from outside; it is tried again'),
  shellDied: { kind: 'suspect', mark: 'strike', reason: 'the shell itself died while it was starting' },
};

const withControl: Partial<Record<Observation, Verdict>> = {
  exitedEarly: {
    kind: 'version',
    mark: 'bad',
    reason: 'it ended before it was ready, and another version started',
  },
  timedOut: { kind: 'version', mark: 'strike', reason: 'it was not ready in time, and another version was' },
  crashLoop: { kind: 'version', mark: 'bad', reason: 'it died three times soon after it was ready' },
};

/**
 * Who is to blame for one failed start: the verdict table as a function. `controlPassed` says whether another candidate
 * started in the same environment seconds later.
 */
export const judge = (observation: Observation, controlPassed: boolean): Verdict =>
  withoutControl[observation] ??
  (controlPassed ? withControl[observation] : undefined) ??
  none('environment', `the fallback failed too: ${environment}`);

export const judgeAll = (suspects: readonly Suspect[], controlPassed: boolean): readonly Judgement[] =>
  suspects.map(suspect => ({ suspect, verdict: judge(suspect.observation, controlPassed) }));
