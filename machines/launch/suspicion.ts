import type { Attempt, Candidate, Exit, Observation, Suspect } from '../contract.ts';
import { type Failure, type FailureCode, failureOf } from '../failure.ts';
import type { LaunchContext, RuntimeInput } from './vocabulary.ts';

const nobody: Candidate = { role: 'bundled', version: '0.0.0', tree: null, firstStart: false };
const noAttempt: Attempt = { id: '', candidate: nobody };

type Scope = { readonly context: LaunchContext };

export const candidateOf = ({ context }: Scope): Candidate => context.candidate ?? nobody;
export const runtimeInput = ({ context }: Scope): RuntimeInput => ({
  candidate: candidateOf({ context }),
  attempt: context.attempt ?? noAttempt,
  natives: context.natives,
});

/** The first fault of this launch, or the plain fact that there is nothing to launch (L-04). */
export const nothingToLaunch = (context: LaunchContext): Failure =>
  context.cause ??
  failureOf({
    code: 'BUNDLED_INVALID',
    message: 'there is no runtime to launch',
    hint: 'Check --bundled, or stage a version with stagedoor update.',
  });

/** The evidence against the current candidate, captured now (L-05). */
export const suspectOf = (
  context: LaunchContext,
  observation: Observation,
  failure: Failure,
  exit: Exit | null,
): Suspect => ({
  candidate: candidateOf({ context }),
  attempt: context.attempt?.id ?? null,
  observation,
  failure,
  exit,
});

const explained = 'stagedoor explain shows what was decided.';
const ending = (exit: Exit): string =>
  exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`;

const longestWords = 200;
const isFault = /^(?:Uncaught )?(?:[A-Z]\w*)?(?:Error|Exception)\b|^\w*(?:error|panic|fatal)\b/i;

/** What a runtime said at its end, in one line: the fault if one is named, else the last line. */
const lastWords = ({ tail }: Exit): string => {
  const lines = tail.split('\n').map(line => line.trim());
  const words = lines.find(line => isFault.test(line)) ?? lines.findLast(line => line !== '') ?? '';
  return words === '' ? '' : `: ${words.length > longestWords ? `${words.slice(0, longestWords)}…` : words}`;
};

const failureAbout = (context: LaunchContext, code: FailureCode, what: string, hint: string): Failure =>
  failureOf({ code, message: `${candidateOf({ context }).version} ${what}`, hint });

/** A fault of the machine that ended a child. */
const machineFailure = (context: LaunchContext, fault: string, exit: Exit): Failure =>
  failureAbout(
    context,
    fault === 'EADDRINUSE' ? 'PORT_TAKEN' : 'SPAWN_FAILED',
    `ended ${ending(exit)} after ${fault}${lastWords(exit)}`,
    'The machine is to blame, not the version: stagedoor doctor looks at it.',
  );

/** A child that ended before it was ready. */
export const earlyExit = (context: LaunchContext, exit: Exit): Suspect => {
  const { environment, external } = exit;
  const failure =
    environment === null
      ? failureAbout(
          context,
          'LAUNCH_EXITED_EARLY',
          `ended ${ending(exit)} before it was ready${lastWords(exit)}`,
          explained,
        )
      : machineFailure(context, environment, exit);
  const observation = external ? 'inconclusive' : environment === null ? 'exitedEarly' : 'environmentExit';
  return suspectOf(context, observation, failure, exit);
};

/** A child that died too often after it was ready; deaths by a fault of the machine are no evidence (P-26). */
export const crashLoop = (context: LaunchContext, exit: Exit): Suspect => {
  const fault = context.machineFault ?? exit.environment;
  if (fault !== null)
    return suspectOf(context, 'environmentExit', machineFailure(context, fault, exit), exit);
  const what = `died ${context.deaths + 1} times soon after it was ready${lastWords(exit)}`;
  return suspectOf(context, 'crashLoop', failureAbout(context, 'LAUNCH_CRASH_LOOP', what, explained), exit);
};

export const timedOut = (context: LaunchContext): Suspect =>
  suspectOf(
    context,
    'timedOut',
    failureAbout(
      context,
      'LAUNCH_TIMED_OUT',
      'was not ready in time',
      'Raise --probe-timeout if this runtime needs longer to start.',
    ),
    null,
  );

export const inconclusive = (context: LaunchContext): Suspect =>
  suspectOf(
    context,
    'inconclusive',
    failureAbout(
      context,
      'LAUNCH_TIMED_OUT',
      'was not ready, but time stood still meanwhile',
      'It is tried again with the next launch.',
    ),
    null,
  );

/** The context after a candidate has failed: it is not tried again, and the first cause is kept. */
export const withSuspect = (context: LaunchContext, suspect: Suspect) => ({
  suspects: [...context.suspects, suspect],
  failed: [...context.failed, suspect.candidate.version],
  cause: context.cause ?? suspect.failure,
  exit: suspect.exit ?? context.exit,
});

/** The context after a death: a child that stayed up long enough is forgiven the earlier ones. */
export const withDeath = (context: LaunchContext, exit: Exit) => {
  const anew = exit.uptimeMs >= context.trustAfterMs;
  return {
    deaths: anew ? 0 : context.deaths + 1,
    machineFault: anew ? null : (context.machineFault ?? exit.environment),
    restarts: anew ? 1 : context.restarts + 1,
    exit,
  };
};
