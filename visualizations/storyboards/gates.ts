/** A call of an effect that waits to be let through. */
type Waiting = {
  readonly name: string;
  /** Begins the work; resolves when it has settled. Never rejects. */
  readonly begin: () => Promise<void>;
};

export type Gates = {
  /**
   * The same effect with a gate before it. A signal among its arguments that is aborted while it waits turns it away with the
   * signal's reason.
   */
  readonly gate: <Input extends readonly unknown[], Output>(
    name: string,
    work: (...input: Input) => Promise<Output>,
  ) => (...input: Input) => Promise<Output>;
  /** Whose turn it is: the first of the order that waits, of the same name the oldest. */
  readonly first: (order: readonly string[]) => Waiting | undefined;
  readonly waits: (name: string) => boolean;
};

const signalIn = (input: readonly unknown[]): AbortSignal | undefined =>
  input.find(value => value instanceof AbortSignal);

/** Gates before the effects of one shell: one is let through at a time, so that a film has one order. */
export const createGates = (): Gates => {
  const calls = new Set<Waiting>();
  return {
    gate:
      (name, work) =>
      (...input) => {
        const signal = signalIn(input);
        if (signal?.aborted === true) return Promise.reject(signal.reason);
        return new Promise((resolve, reject) => {
          const turnAway = (): void => {
            calls.delete(call);
            reject(signal?.reason);
          };
          const call: Waiting = {
            name,
            begin: async () => {
              calls.delete(call);
              signal?.removeEventListener('abort', turnAway);
              const working = work(...input);
              resolve(working);
              await Promise.allSettled([working]);
            },
          };
          signal?.addEventListener('abort', turnAway, { once: true });
          calls.add(call);
        });
      },
    first: order => {
      for (const name of order) {
        const call = [...calls].find(one => one.name === name);
        if (call !== undefined) return call;
      }
      return undefined;
    },
    waits: name => [...calls].some(call => call.name === name),
  };
};
