/** The lock of a runtime, in its own folder; the name is reserved, and the tree list covers it. */
export const coreLockName = '.stagedoor-core-lock.json';
