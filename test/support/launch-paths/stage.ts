import type { RuntimeInput, RuntimeOrder } from '#machines/launch.js';
import type { LaunchEffects } from '#src/launching/effects.js';
import type { RuntimeFact } from '#src/launching/runtime.js';
import { createGates, type Outcome } from '../charts/gates.ts';

type Fact<Type extends RuntimeFact['type']> = Extract<RuntimeFact, { readonly type: Type }>;

/** A child whose spawn waits for the test, and whose facts wait until the test hands them to the chart. */
export type StagedChild = {
  readonly input: RuntimeInput;
  readonly begun: () => boolean;
  /** Really begins; what the chart has ordered meanwhile follows at once. */
  readonly begin: () => void;
  /** Waits for a fact and keeps it. */
  readonly fact: <Type extends RuntimeFact['type']>(type: Type) => Promise<Fact<Type>>;
  /** Hands everything to the chart that has come in. */
  readonly deliver: () => void;
  readonly pid: () => number;
};

const createChild = (
  runtimes: LaunchEffects['runtimes'],
  input: RuntimeInput,
  report: (fact: RuntimeFact) => void,
) => {
  const facts: RuntimeFact[] = [];
  const orders: RuntimeOrder[] = [];
  let heard: () => void = () => undefined;
  let handle: ReturnType<typeof runtimes.start> | null = null;
  let [delivered, pid] = [0, 0];
  const begin = (): void => {
    if (handle !== null) return;
    handle = runtimes.start(input, fact => {
      if (fact.type === 'runtime.spawned') pid = fact.pid;
      facts.push(fact);
      heard();
    });
    for (const order of orders) handle.order(order);
  };
  const child: StagedChild = {
    input,
    begun: () => handle !== null,
    begin,
    fact: async type => {
      for (;;) {
        const found = facts.find((fact): fact is Fact<typeof type> => fact.type === type);
        if (found !== undefined) return found;
        const next = new Promise<void>(resolve => {
          heard = resolve;
        });
        await next;
      }
    },
    deliver: () => {
      while (delivered < facts.length) {
        const fact = facts[delivered];
        delivered += 1;
        if (fact !== undefined) report(fact);
      }
    },
    pid: () => pid,
  };
  return {
    child,
    handle: {
      order: (order: RuntimeOrder): void => {
        if (handle === null) orders.push(order);
        else handle.order(order);
      },
      dispose: (): void => handle?.dispose(),
    },
    /** What has come in and was not told is never told. */
    forget: (): void => {
      delivered = facts.length;
    },
  };
};

export const slots = [
  'recoverStore',
  'resolveCandidates',
  'checkTree',
  'matchNatives',
  'quarantineTree',
  'openAttempt',
  'probe',
  'recordReady',
  'settleVerdicts',
  'recordTrusted',
] as const;
export type Slot = (typeof slots)[number];

/**
 * The real effects behind gates. Unlike gates with a signal, a call that the chart has left goes through all the same
 * (`abandoned`): leaving a state ends no effect.
 */
export const createStage = (effects: LaunchEffects) => {
  const gates = createGates();
  const calls = new Map<Slot, string[]>();
  const instead = new Map<Slot, () => Promise<never>>();
  const substitute = new Map<Slot, unknown>();
  let newest: ReturnType<typeof createChild> | null = null;

  const gated =
    <Input extends readonly unknown[], Output>(slot: Slot, effect: (...input: Input) => Promise<Output>) =>
    (...input: Input): Promise<Output> => {
      const ids = calls.get(slot) ?? [];
      const id = `${slot} ${ids.length + 1}`;
      calls.set(slot, [...ids, id]);
      const work = (): Promise<Output> => {
        if (instead.has(slot)) return instead.get(slot)?.() ?? Promise.reject(new Error(slot));
        return substitute.has(slot) ? Promise.resolve(substitute.get(slot) as Output) : effect(...input);
      };
      return gates.gate(id, work)();
    };

  const staged: LaunchEffects = {
    recover: gated('recoverStore', () => effects.recover()),
    resolve: gated('resolveCandidates', effects.resolve),
    checkTree: gated('checkTree', effects.checkTree),
    matchNatives: (subject, signal) => gated('matchNatives', () => effects.matchNatives(subject, signal))(),
    quarantine: gated('quarantineTree', effects.quarantine),
    openAttempt: (candidate, signal) => gated('openAttempt', () => effects.openAttempt(candidate, signal))(),
    recordReady: gated('recordReady', effects.recordReady),
    recordTrusted: gated('recordTrusted', effects.recordTrusted),
    settle: gated('settleVerdicts', effects.settle),
    runtimes: {
      ...effects.runtimes,
      start: (input, report) => {
        newest = createChild(effects.runtimes, input, report);
        return newest.handle;
      },
      probe: (input, signal) => gated('probe', () => effects.runtimes.probe(input, signal))(),
    },
  };

  return {
    effects: staged,
    /** The child that the chart has begun last. */
    child: (): StagedChild => {
      if (newest === null) throw new Error('there is no child');
      return newest.child;
    },
    hasChild: () => newest !== null,
    forgetFacts: () => newest?.forget(),
    waiting: (slot: Slot): boolean => gates.waiting().includes(calls.get(slot)?.at(-1) ?? ''),
    open: (slot: Slot): Promise<Outcome> => gates.open(calls.get(slot)?.at(-1) ?? slot),
    /** An outcome that no world gives: the effect itself is broken. */
    breakDown: async (slot: Slot, fault: unknown): Promise<Outcome> => {
      instead.set(slot, () => Promise.reject(fault));
      const outcome = await gates.open(calls.get(slot)?.at(-1) ?? slot);
      instead.delete(slot);
      return outcome;
    },
    answer: async (slot: Slot, value: unknown): Promise<Outcome> => {
      substitute.set(slot, value);
      const outcome = await gates.open(calls.get(slot)?.at(-1) ?? slot);
      substitute.delete(slot);
      return outcome;
    },
    /** Lets those through whom the chart does not wait for any more; gives their slots. */
    abandoned: async (isAtWork: (slot: Slot) => boolean, before: (slot: Slot) => void): Promise<Slot[]> => {
      const left = slots.flatMap(slot =>
        (calls.get(slot) ?? [])
          .filter((id, at, ids) => gates.waiting().includes(id) && !(at === ids.length - 1 && isAtWork(slot)))
          .map(id => ({ slot, id })),
      );
      for (const { slot, id } of left) {
        before(slot);
        await gates.open(id);
      }
      return left.map(({ slot }) => slot);
    },
  };
};

export type Stage = ReturnType<typeof createStage>;
