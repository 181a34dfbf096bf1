import path from 'node:path';
import { manifestIn } from './manifest.cjs';

/** Of conditions and lists the first that is a text, as Node goes through them. */
const chosen = (target: unknown, conditions: ReadonlySet<string>): string | null => {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return null;
  const fitting = Array.isArray(target)
    ? target
    : Object.entries(target)
        .filter(([condition]) => condition === 'default' || conditions.has(condition))
        .map(([, inner]): unknown => inner);
  for (const inner of fitting) {
    const text = chosen(inner, conditions);
    if (text !== null) return text;
  }
  return null;
};

/** The key that fits best, and what its star stands for. */
const keyFor = (imports: object, request: string): readonly [key: string, star: string] | null => {
  if (Object.hasOwn(imports, request) && !request.includes('*')) return [request, ''];
  const fits = Object.keys(imports)
    .map(key => ({ key, parts: key.split('*') }))
    .filter(({ parts: [before = '', after, more] }) => {
      const room = after !== undefined && more === undefined;
      return (
        room &&
        request.startsWith(before) &&
        request.endsWith(after) &&
        request.length >= before.length + after.length
      );
    })
    .sort((a, b) => b.key.indexOf('*') - a.key.indexOf('*') || b.key.length - a.key.length);
  const [best] = fits;
  if (best === undefined) return null;
  const [before = '', after = ''] = best.parts;
  return [best.key, request.slice(before.length, request.length - after.length)];
};

const importsFor = (importer: string): unknown => {
  for (let dir = path.dirname(importer); ; dir = path.dirname(dir)) {
    const manifest = manifestIn(dir);
    if (manifest !== null) return manifest.imports;
    if (path.basename(dir) === 'node_modules' || dir === path.dirname(dir)) return null;
  }
};

/** What a `#name` of the importer's package stands for, where that is a package; null for a file of its own, and for nothing. */
export const importsTarget = (
  request: string,
  importer: string,
  conditions: ReadonlySet<string>,
): string | null => {
  const imports = importsFor(importer);
  if (typeof imports !== 'object' || imports === null) return null;
  const [key, star] = keyFor(imports, request) ?? [];
  if (key === undefined || star === undefined) return null;
  const target = chosen((imports as { readonly [key: string]: unknown })[key], conditions);
  return target === null || /^[./#]/.test(target) ? null : target.replaceAll('*', () => star);
};
