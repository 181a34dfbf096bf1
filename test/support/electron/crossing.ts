/**
 * What leaves a process: plain data by structured clone (Electron's documentation of `ipcRenderer.invoke`). Prototypes and
 * getters are gone at the other end, functions and symbols are refused, and no object is the same one there.
 */
export const crossing = <Value>(value: Value): Value => {
  try {
    return structuredClone(value);
  } catch {
    // What V8 says names the value; what Electron says does not.
    throw new Error('An object could not be cloned.');
  }
};

/** Another process answers in another turn of the event loop, never at once. */
export const anotherTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/**
 * Where Electron emits from native code, V8 runs all microtasks before that code goes on
 * (`node::CallbackScope`, microtask checkpoint): promises that need no I/O are settled by then.
 */
export const microtaskCheckpoint = async (): Promise<void> => {
  // From within a microtask the next tick comes when all microtasks have run.
  await Promise.resolve();
  await new Promise<void>(resolve => process.nextTick(resolve));
};
