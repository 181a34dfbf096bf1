/** What whoever is guarded reads of its environment. */
const names = [
  'STAGEDOOR_CORE_LOCK_PATH',
  'STAGEDOOR_NATIVE_DIRS',
  'STAGEDOOR_NATIVE_ABI',
  'STAGEDOOR_ENTRY',
] as const;

export type Variables = Readonly<Record<string, string>>;

/** As they are now: a runtime may clear its environment. */
export const carriedVariables = (): Variables => {
  const carried: Record<string, string> = {};
  for (const name of names) {
    const value = process.env[name];
    if (value !== undefined) carried[name] = value;
  }
  return carried;
};
