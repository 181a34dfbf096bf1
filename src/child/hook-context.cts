/** What a synchronous hook is told; some Nodes tell of conditions as a set, others as a list. */
export type HookContext = {
  readonly conditions?: readonly string[] | ReadonlySet<string> | undefined;
  readonly parentURL?: string;
};

/** Of Node's own kind, which is no `Set` to anybody else. */
type Conditions = readonly string[] | { readonly has: (name: string) => boolean };

const hasCondition = (conditions: Conditions, name: string): boolean =>
  'includes' in conditions ? conditions.includes(name) : conditions.has(name);

export const conditionsIn = ({ conditions = [] }: HookContext): ReadonlySet<string> => new Set(conditions);

/** A `require` comes by such a hook, too, but only its own resolver heeds where it is asked from. The condition can be given to an `import`. */
export const isRequire = ({ conditions }: HookContext): boolean =>
  conditions !== undefined && hasCondition(conditions, 'require') && !hasCondition(conditions, 'import');
