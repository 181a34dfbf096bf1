/** What whoever is guarded reads of its environment. */
const names = [
  'STAGEDOOR_CORE_LOCK_PATH',
  'STAGEDOOR_NATIVE_DIRS',
  'STAGEDOOR_NATIVE_ABI',
  'STAGEDOOR_ENTRY',
] as const;

export type Variables = Readonly<Record<string, string>>;

/** As they are now: a runtime may clear its environment. */
export const carriedVariables = (): Variables =>
  Object.fromEntries(
    names.flatMap(name => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
