/** Listeners of one event. Subscribing gives back a function that detaches that listener and no other. */
export type Subscribers<Values extends readonly unknown[]> = {
  add(listener: (...values: Values) => void): () => void;
  tell(...values: Values): void;
};

/** A set of listeners; one that is added twice is told twice. */
export const createSubscribers = <Values extends readonly unknown[]>(): Subscribers<Values> => {
  const listeners = new Map<symbol, (...values: Values) => void>();
  return {
    add: listener => {
      const key = Symbol('listener');
      listeners.set(key, listener);
      return () => {
        listeners.delete(key);
      };
    },
    tell: (...values) => {
      for (const listener of [...listeners.values()]) listener(...values);
    },
  };
};
