/** What this process was started with. */
export const optionWords = (): readonly string[] => [
  ...process.execArgv,
  ...(process.env.NODE_OPTIONS ?? '').split(' '),
];

/** By what `exports` and `imports` choose: those that the user has given, and Node's own. */
export const conditionsOf = (kind: 'require' | 'import'): ReadonlySet<string> => {
  const words = optionWords();
  const given = words.flatMap((word, at) => {
    const [, value = null, apart = null] =
      /^(?:(?:--conditions|-C)=(.+)|(--conditions|-C))$/.exec(word) ?? [];
    return value ?? (apart === null ? [] : (words[at + 1] ?? []));
  });
  return new Set(['node', kind, 'node-addons', ...(requiresModules() ? ['module-sync'] : []), ...given]);
};

/** Whether this Node lets ES modules be required. */
export const requiresModules = (): boolean => {
  const { require_module: modules }: { readonly require_module?: unknown } = process.features;
  return modules === true || optionWords().includes('--experimental-require-module');
};
