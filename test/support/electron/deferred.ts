export type Deferred<Value> = {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
};

/** `Promise.withResolvers`, which Node has from 22 on. */
export const deferred = <Value = void>(): Deferred<Value> => {
  let settle: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>(resolve => {
    settle = resolve;
  });
  return { promise, resolve: value => settle(value) };
};
