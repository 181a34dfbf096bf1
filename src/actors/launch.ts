import { type Actor, fromCallback, fromPromise } from 'xstate';
import type {
  Attempt,
  Candidate,
  NativesOutcome,
  ProbeResult,
  ReadyOutput,
  Resolution,
  ResolveInput,
  SettleInput,
  SettleOutput,
} from '../../machines/contract.ts';
import { launchMachine, type RuntimeInput, type RuntimeOrder } from '../../machines/launch.ts';
import type { LaunchEffects } from '../launching/effects.ts';

export type LaunchLogic = typeof launchMachine;
export type LaunchActor = Actor<LaunchLogic>;

type Slots = NonNullable<Parameters<LaunchLogic['provide']>[0]['actors']>;
/** `provide` accepts a part; this makes every slot mandatory. */
type LaunchActors = { [Slot in keyof Slots]-?: NonNullable<Slots[Slot]> };

const launchActors = (effects: LaunchEffects): LaunchActors => ({
  recoverStore: fromPromise<void, void>(() => effects.recover()),
  resolveCandidates: fromPromise<Resolution, ResolveInput>(({ input }) => effects.resolve(input)),
  checkTree: fromPromise<void, Candidate>(({ input }) => effects.checkTree(input)),
  matchNatives: fromPromise<NativesOutcome, Candidate>(({ input, signal }) =>
    effects.matchNatives({ candidate: input }, signal),
  ),
  quarantineTree: fromPromise<void, Candidate>(({ input }) => effects.quarantine(input)),
  openAttempt: fromPromise<Attempt, Candidate>(({ input, signal }) => effects.openAttempt(input, signal)),
  runtime: fromCallback<RuntimeOrder, RuntimeInput>(({ input, sendBack, receive }) => {
    const handle = effects.runtimes.start(input, sendBack);
    receive(order => handle.order(order));
    return () => handle.dispose();
  }),
  probe: fromPromise<ProbeResult, RuntimeInput>(({ input, signal }) => effects.runtimes.probe(input, signal)),
  recordReady: fromPromise<ReadyOutput, RuntimeInput>(({ input }) => effects.recordReady(input)),
  settleVerdicts: fromPromise<SettleOutput, SettleInput>(({ input }) => effects.settle(input)),
  recordTrusted: fromPromise<void, Candidate>(({ input }) => effects.recordTrusted(input)),
});

/** The launch chart with its slots filled. */
export const launchLogic = (effects: LaunchEffects): LaunchLogic =>
  launchMachine.provide({ actors: launchActors(effects) });
