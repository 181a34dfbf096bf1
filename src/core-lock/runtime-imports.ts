import { asRecord } from '../store/json-shape.ts';
import { isPlainText } from './naming.ts';

/** What Node sets for `import`, in a runtime that asks for nothing more. */
const conditions = new Set(['node', 'import', 'node-addons', 'module-sync', 'default']);
const deepest = 16;

/** Undefined: no condition holds, so the next one is tried; null: it is closed. */
const targetOf = (value: unknown, depth = 0): string | null | undefined => {
  if (typeof value === 'string' || value === null) return value;
  if (depth > deepest) return undefined;
  const choices: readonly unknown[] = Array.isArray(value)
    ? value
    : Object.entries(asRecord(value) ?? {})
        .filter(([condition]) => conditions.has(condition))
        .map(([, target]) => target);
  for (const choice of choices) {
    const target = targetOf(choice, depth + 1);
    if (target !== undefined && !(target === null && Array.isArray(value))) return target;
  }
  return undefined;
};

/** `#x` → what an `import` of it leads to: a file of the runtime (`./x.js`) or a package. Those that lead nowhere are left out. */
export const runtimeImports = (imports: unknown): readonly (readonly [string, string])[] =>
  Object.entries(asRecord(imports) ?? {}).flatMap(([key, value]) => {
    const target = targetOf(value);
    return /^#./.test(key) && isPlainText(key) && isPlainText(target) ? [[key, target] as const] : [];
  });
