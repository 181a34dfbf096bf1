/**
 * A Node without synchronous hooks resolves what an ES module imports that is required without asking anybody. What would get another
 * copy of something locked that way, or not find the runtime's, is refused before it runs (K-06).
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { parse } from 'acorn';
import { moduleResolve } from 'import-meta-resolve';
import { textOf } from './compiling.cjs';
import { conditionsOf } from './conditions.cjs';
import { isInside } from './core-lock-ground.cjs';
import { type Asked, guardOf, type Lock } from './core-lock-guard.cjs';
import { RequireRefusal } from './core-lock-refusal.cjs';
import { partsOf } from './leading.cjs';
import { typeFor } from './manifest.cjs';

/** Which kind a file is: an ES module, none, or what only its text tells. */
const kindOf = (file: string): 'module' | 'other' | 'unknown' => {
  const extension = path.extname(file);
  if (extension === '.mjs') return 'module';
  if (extension !== '.js' && extension !== '') return 'other';
  return typeFor(file) === 'module' ? 'module' : 'unknown';
};

/** As Node does: what is one of CommonJS is no ES module. */
const isCommonJs = (text: string): boolean => {
  try {
    compileFunction(text, ['exports', 'require', 'module', '__filename', '__dirname']);
    return true;
  } catch {
    // It may be an ES module, or nothing.
    return false;
  }
};

const importsIn = (text: string, file: string, isModule: boolean): readonly string[] => {
  if (!isModule && isCommonJs(text)) return [];
  try {
    const { body } = parse(text.replace(/^\uFEFF/, ''), { ecmaVersion: 'latest', sourceType: 'module' });
    return body.flatMap(statement => {
      const source = 'source' in statement ? statement.source : null;
      return typeof source?.value === 'string' ? [source.value] : [];
    });
  } catch (error) {
    if (!isModule) return [];
    throw new RequireRefusal('what it imports can not be read, so that nobody can lead it', file, error);
  }
};

const placeOf = (specifier: string, from: string, conditions: Set<string>): string | null => {
  try {
    const url = moduleResolve(specifier, pathToFileURL(from), conditions);
    return url.protocol === 'file:' ? fileURLToPath(url) : url.href;
  } catch {
    // It is not there: Node says so, if nothing would lead to it.
    return null;
  }
};

/** Throws a `RequireRefusal` for a file that is required, or for what it imports. */
export type Look = (file: string, text: string, isModule: boolean) => void;

export const lookingFor = (lock: Lock): Look => {
  const guard = guardOf(lock);
  const conditions = new Set(conditionsOf('import'));
  /** Whole graphs that are as they should be. */
  const clear = new Set<string>();

  const isLed = (asked: Asked, place: string | null): boolean => {
    if (place !== null && (!path.isAbsolute(place) || isInside(lock.ground, place))) return false;
    return guard.lead(asked) !== null || (place !== null && guard.correct(asked, place) !== null);
  };

  const lookAt = (file: string, text: string, isModule: boolean, met: Set<string>): void => {
    for (const specifier of importsIn(text, file, isModule)) {
      const place = placeOf(specifier, file, conditions);
      if (place?.startsWith('data:') === true)
        throw new RequireRefusal('nobody can look into what it imports by data:', file);
      const request = specifier.startsWith('#') ? specifier : partsOf(specifier)[0];
      if (isLed({ request, importer: file, conditions }, place))
        throw new RequireRefusal(
          `${JSON.stringify(specifier)} can't be led to the runtime's copy from an ES module that is required on Node ${process.versions.node}: import() that module, or start the runtime by Node 22.15 or newer`,
          file,
        );
      if (place !== null && path.isAbsolute(place)) visit(place, met);
    }
  };

  const visit = (file: string, met: Set<string>): void => {
    const kind = kindOf(file);
    if (kind === 'other' || met.has(file) || clear.has(file)) return;
    met.add(file);
    lookAt(file, textOf(file), kind === 'module', met);
  };

  const look: Look = (file, text, isModule) => {
    const met = new Set<string>();
    lookAt(file, text, isModule, met);
    for (const one of met) clear.add(one);
  };

  return look;
};
