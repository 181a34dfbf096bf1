import { breathe } from './slots.ts';

/** How the work behind a gate ended. */
export type Outcome = PromiseSettledResult<unknown>;

type Call = {
  readonly name: string;
  /** Begins the work in this very turn; resolves when it has settled. */
  readonly begin: () => Promise<Outcome>;
  readonly turnAway: (reason: unknown) => void;
};

type Effect<Input extends readonly unknown[], Output> = (...input: Input) => Promise<Output>;

export type Gates = {
  /**
   * The same effect with a gate before it: a call waits there until it is let through, then it is the real one and settles
   * by itself. A signal among its arguments that is aborted meanwhile turns it away with the signal's reason.
   */
  readonly gate: <Input extends readonly unknown[], Output>(
    name: string,
    work: Effect<Input, Output>,
  ) => Effect<Input, Output>;
  /** Who waits, in the order of arrival. */
  readonly waiting: () => readonly string[];
  /** Resolves as soon as a call of this name waits. */
  readonly arrival: (name: string) => Promise<void>;
  /**
   * Lets the newest call of this name through; its work has begun when this returns. Resolves when it has settled and its
   * caller has heard of it. Throws if nobody of this name waits.
   */
  readonly open: (name: string) => Promise<Outcome>;
  /** Turns away everybody who waits: for effects without a signal, whose chart has gone on. */
  readonly clear: () => void;
};

const signalIn = (input: readonly unknown[]): AbortSignal | undefined =>
  input.find(value => value instanceof AbortSignal);

/** One call at its gate: the promise that the caller gets, and the two ways on. */
const callOf = <Output>(name: string, work: () => Promise<Output>, leave: (call: Call) => void) => {
  const hands: { resolve?: (output: Promise<Output>) => void; reject?: (reason: unknown) => void } = {};
  const promise = new Promise<Output>((resolve, reject) => Object.assign(hands, { resolve, reject }));
  const call: Call = {
    name,
    begin: async () => {
      leave(call);
      const working = work();
      hands.resolve?.(working);
      const [outcome] = await Promise.allSettled([working]);
      await breathe();
      return outcome;
    },
    turnAway: reason => {
      leave(call);
      hands.reject?.(reason);
    },
  };
  return { promise, call };
};

/**
 * Gates between a chart and its real effects. While a call waits, the test arranges the world; then it opens the gate, and
 * nothing else happens in between.
 */
export const createGates = (): Gates => {
  let calls: readonly Call[] = [];
  let expected: readonly { readonly name: string; readonly met: () => void }[] = [];
  const newest = (name: string): Call | undefined => calls.findLast(call => call.name === name);
  const waiting = (): string[] => calls.map(({ name }) => name);
  const leave = (call: Call): void => {
    calls = calls.filter(other => other !== call);
  };
  const arrive = (call: Call): void => {
    calls = [...calls, call];
    const met = expected.filter(({ name }) => name === call.name);
    expected = expected.filter(({ name }) => name !== call.name);
    for (const one of met) one.met();
  };

  return {
    gate:
      (name, work) =>
      (...input) => {
        const signal = signalIn(input);
        if (signal?.aborted === true) return Promise.reject(signal.reason);
        const onAbort = (): void => call.turnAway(signal?.reason);
        const { promise, call } = callOf(
          name,
          () => work(...input),
          gone => {
            signal?.removeEventListener('abort', onAbort);
            leave(gone);
          },
        );
        signal?.addEventListener('abort', onAbort, { once: true });
        arrive(call);
        return promise;
      },
    waiting,
    arrival: async name => {
      if (newest(name) !== undefined) return;
      await new Promise<void>(met => {
        expected = [...expected, { name, met }];
      });
    },
    open: name => {
      const call = newest(name);
      if (call !== undefined) return call.begin();
      throw new Error(`nobody waits at ${name}; at a gate: ${waiting().join(', ') || 'none'}`);
    },
    clear: () => {
      for (const call of calls) call.turnAway(new Error(`turned away at ${call.name}`));
    },
  };
};
