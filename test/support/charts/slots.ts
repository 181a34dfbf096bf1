import { type EventObject, fromCallback, fromPromise, type PromiseActorLogic } from 'xstate';
import type {
  Attempt,
  Candidate,
  CheckRequest,
  CheckResult,
  CommitInput,
  CommitOutput,
  DownloadOutput,
  ExtractOutput,
  NativesComparison,
  NativesDraft,
  NativesOutcome,
  NativesOutput,
  NativesProof,
  NativesRemains,
  NativesTarget,
  NativeTree,
  PluginCommit,
  PluginCommitted,
  PluginComparison,
  PluginDraft,
  PluginPlan,
  PluginRemoved,
  PluginStaged,
  PluginVerified,
  PluginWish,
  ProbeResult,
  ReadyOutput,
  Resolution,
  ResolveInput,
  ScratchInput,
  SettleInput,
  SettleOutput,
  VerifyOutput,
} from '#machines/contract.js';
import type { LaunchEvent, RuntimeInput, RuntimeOrder } from '#machines/launch.js';

/** What was seen of a chart: effects that began and were aborted, orders to a child, events sent and emitted. */
export type Sight =
  | { readonly kind: 'begin' | 'abort'; readonly slot: string; readonly input: unknown }
  | { readonly kind: 'order'; readonly order: RuntimeOrder }
  | { readonly kind: 'sent' | 'told'; readonly event: EventObject };
export type Trace = Sight[];

type Call<Output, Input> = {
  readonly input: Input;
  readonly signal: AbortSignal;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
};

export type ScriptedSlot<Output, Input> = {
  readonly logic: PromiseActorLogic<Output, Input>;
  readonly calls: readonly Call<Output, Input>[];
  /** Settles the newest call. */
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
};

/** An effect that never settles by itself: the test does it. */
export const scripted = <Output, Input>(trace: Trace, slot: string): ScriptedSlot<Output, Input> => {
  const calls: Call<Output, Input>[] = [];
  const newest = (): Call<Output, Input> => {
    const call = calls.at(-1);
    if (call === undefined || call.signal.aborted) throw new Error(`${slot} is not at work`);
    return call;
  };
  const logic = fromPromise<Output, Input>(({ input, signal }) => {
    trace.push({ kind: 'begin', slot, input });
    signal.addEventListener('abort', () => trace.push({ kind: 'abort', slot, input }));
    return new Promise<Output>((resolve, reject) => calls.push({ input, signal, resolve, reject }));
  });
  return {
    logic,
    calls,
    resolve: output => newest().resolve(output),
    reject: error => newest().reject(error),
  };
};

/** The effects of the update chart, as a script. */
export const updateSlots = (trace: Trace = []) => {
  const slots = {
    checkRegistry: scripted<CheckResult, CheckRequest>(trace, 'checkRegistry'),
    adoptFolder: scripted<VerifyOutput, ScratchInput>(trace, 'adoptFolder'),
    download: scripted<DownloadOutput, ScratchInput>(trace, 'download'),
    extract: scripted<ExtractOutput, ScratchInput>(trace, 'extract'),
    matchNatives: scripted<NativesOutcome, ScratchInput>(trace, 'matchNatives'),
    stageNatives: scripted<NativesOutput, ScratchInput>(trace, 'stageNatives'),
    verifyTree: scripted<VerifyOutput, ScratchInput>(trace, 'verifyTree'),
    commitPointer: scripted<CommitOutput, CommitInput>(trace, 'commitPointer'),
    cleanScratch: scripted<void, { readonly scratch: string | null }>(trace, 'cleanScratch'),
  };
  const actors = {
    checkRegistry: slots.checkRegistry.logic,
    adoptFolder: slots.adoptFolder.logic,
    download: slots.download.logic,
    extract: slots.extract.logic,
    matchNatives: slots.matchNatives.logic,
    stageNatives: slots.stageNatives.logic,
    verifyTree: slots.verifyTree.logic,
    commitPointer: slots.commitPointer.logic,
    cleanScratch: slots.cleanScratch.logic,
  };
  return { ...slots, actors, trace };
};

/** A child as a script: what it was ordered, and how it reports. */
const scriptedRuntime = (trace: Trace) => {
  const children: {
    readonly input: RuntimeInput;
    readonly report: (event: LaunchEvent) => void;
    alive: boolean;
  }[] = [];
  const orders: RuntimeOrder[] = [];
  let broken: Error | null = null;
  const logic = fromCallback<RuntimeOrder, RuntimeInput>(({ input, sendBack, receive }) => {
    trace.push({ kind: 'begin', slot: 'runtime', input });
    const child = { input, report: sendBack, alive: true };
    children.push(child);
    receive(order => {
      orders.push(order);
      trace.push({ kind: 'order', order });
      if (broken !== null) throw broken;
    });
    return () => {
      child.alive = false;
      trace.push({ kind: 'abort', slot: 'runtime', input });
    };
  });
  return {
    logic,
    children,
    orders,
    /** Reports a fact of the newest child. */
    report: (event: LaunchEvent): void => children.at(-1)?.report(event),
    /** From now on it throws at every order. */
    breakDown: (error: Error): void => {
      broken = error;
    },
    living: (): number => children.filter(({ alive }) => alive).length,
  };
};

/** The effects of the launch chart, as a script. */
export const launchSlots = (trace: Trace = []) => {
  const runtime = scriptedRuntime(trace);
  const slots = {
    recoverStore: scripted<void, void>(trace, 'recoverStore'),
    resolveCandidates: scripted<Resolution, ResolveInput>(trace, 'resolveCandidates'),
    checkTree: scripted<void, Candidate>(trace, 'checkTree'),
    matchNatives: scripted<NativesOutcome, Candidate>(trace, 'matchNatives'),
    quarantineTree: scripted<void, Candidate>(trace, 'quarantineTree'),
    openAttempt: scripted<Attempt, Candidate>(trace, 'openAttempt'),
    probe: scripted<ProbeResult, RuntimeInput>(trace, 'probe'),
    recordReady: scripted<ReadyOutput, RuntimeInput>(trace, 'recordReady'),
    settleVerdicts: scripted<SettleOutput, SettleInput>(trace, 'settleVerdicts'),
    recordTrusted: scripted<void, Candidate>(trace, 'recordTrusted'),
  };
  const actors = {
    recoverStore: slots.recoverStore.logic,
    resolveCandidates: slots.resolveCandidates.logic,
    checkTree: slots.checkTree.logic,
    matchNatives: slots.matchNatives.logic,
    quarantineTree: slots.quarantineTree.logic,
    openAttempt: slots.openAttempt.logic,
    runtime: runtime.logic,
    probe: slots.probe.logic,
    recordReady: slots.recordReady.logic,
    settleVerdicts: slots.settleVerdicts.logic,
    recordTrusted: slots.recordTrusted.logic,
  };
  return { ...slots, runtime, actors, trace };
};

/** The effects of the chart of natives, as a script. */
export const nativesSlots = (trace: Trace = []) => {
  const slots = {
    askExecutable: scripted<string | null, void>(trace, 'askExecutable'),
    compareNatives: scripted<NativesComparison, NativesTarget>(trace, 'compareNatives'),
    findTree: scripted<NativeTree | null, NativesTarget>(trace, 'findTree'),
    claimTree: scripted<string | null, NativesTarget>(trace, 'claimTree'),
    awaitOther: scripted<void, NativesTarget>(trace, 'awaitOther'),
    fetchNatives: scripted<void, NativesDraft>(trace, 'fetchNatives'),
    buildNatives: scripted<void, NativesDraft>(trace, 'buildNatives'),
    proveNatives: scripted<NativesProof, NativesDraft>(trace, 'proveNatives'),
    commitTree: scripted<NativeTree, NativesDraft>(trace, 'commitTree'),
    cleanTree: scripted<void, NativesRemains>(trace, 'cleanTree'),
  };
  const actors = {
    askExecutable: slots.askExecutable.logic,
    compareNatives: slots.compareNatives.logic,
    findTree: slots.findTree.logic,
    claimTree: slots.claimTree.logic,
    awaitOther: slots.awaitOther.logic,
    fetchNatives: slots.fetchNatives.logic,
    buildNatives: slots.buildNatives.logic,
    proveNatives: slots.proveNatives.logic,
    commitTree: slots.commitTree.logic,
    cleanTree: slots.cleanTree.logic,
  };
  return { ...slots, actors, trace };
};

/** The effects of the chart of plugins, as a script. */
export const pluginSlots = (trace: Trace = []) => {
  const slots = {
    resolvePlugin: scripted<PluginPlan, PluginWish>(trace, 'resolvePlugin'),
    comparePlugin: scripted<PluginComparison, PluginPlan>(trace, 'comparePlugin'),
    downloadPlugin: scripted<void, PluginDraft>(trace, 'downloadPlugin'),
    stagePlugin: scripted<PluginStaged, PluginDraft>(trace, 'stagePlugin'),
    verifyPlugin: scripted<PluginVerified, PluginDraft>(trace, 'verifyPlugin'),
    commitPlugin: scripted<PluginCommitted, PluginCommit>(trace, 'commitPlugin'),
    removePlugin: scripted<PluginRemoved, PluginWish>(trace, 'removePlugin'),
    cleanPlugin: scripted<void, PluginPlan>(trace, 'cleanPlugin'),
  };
  const actors = {
    resolvePlugin: slots.resolvePlugin.logic,
    comparePlugin: slots.comparePlugin.logic,
    downloadPlugin: slots.downloadPlugin.logic,
    stagePlugin: slots.stagePlugin.logic,
    verifyPlugin: slots.verifyPlugin.logic,
    commitPlugin: slots.commitPlugin.logic,
    removePlugin: slots.removePlugin.logic,
    cleanPlugin: slots.cleanPlugin.logic,
  };
  return { ...slots, actors, trace };
};

/** Lets everything that has settled be heard, without a clock. */
export const breathe = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
