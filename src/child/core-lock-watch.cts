/**
 * Notices the first thing that comes into a runtime from outside. Hooks cost each module of a cold start a tenth of its time and more,
 * so that none are there before.
 */
import { subscribe } from 'node:diagnostics_channel';
import { existsSync, realpathSync } from 'node:fs';
import Module, { isBuiltin } from 'node:module';
import path from 'node:path';
import { type Ground, hasModulesAbove, isInside, isOwnUrl } from './core-lock-ground.cjs';
import type { GuardedResolve } from './core-lock-require.cjs';
import { loader } from './loader.cjs';

/** From the first call on everything is guarded; null where it can't be, or need not. */
export type Engage = () => GuardedResolve | null;

export const watchRequire = (ground: Ground, engage: Engage): void => {
  const resolve = loader._resolveFilename;
  const [root = ''] = ground.folders;
  const isOwn = (file: string): boolean =>
    file.startsWith(root) || !path.isAbsolute(file) || isInside(ground, file);
  loader._resolveFilename = (request, parent, isMain, options) => {
    if (typeof request !== 'string') return resolve(request, parent, isMain, options);
    const importer = typeof parent?.filename === 'string' ? parent.filename : undefined;
    // The way of every module of a cold start.
    if (importer !== undefined && !isMain && importer.startsWith(root) && !importer.includes('..')) {
      const file = resolve(request, parent, isMain, options);
      if (isOwn(file)) return file;
    }
    // What a process or a worker is started with is nobody's second copy; what comes from nowhere has been imported, and was seen.
    const isEntry = isMain ? request === process.argv[1] : parent === undefined && path.isAbsolute(request);
    const asksInside =
      importer === undefined
        ? path.isAbsolute(request) && isInside(ground, request)
        : isInside(ground, importer);
    if (isEntry || asksInside) {
      const file = resolve(request, parent, isMain, options);
      if (isOwn(file)) return file;
      if (isEntry) {
        engage();
        return file;
      }
    }
    const guarded = engage();
    return guarded === null
      ? resolve(request, parent, isMain, options)
      : guarded(resolve, importer, request, parent, isMain, options);
  };
};

type Import = { readonly url?: unknown; readonly parentURL?: unknown };

/** From inside a name leads nowhere else, as there are no modules above the root. */
const leavesRoot = (ground: Ground, asked: Import): boolean => {
  // Some Nodes tell texts, some URLs.
  const url = String(asked.url);
  if (isBuiltin(url)) return false;
  const from = asked.parentURL === undefined ? undefined : String(asked.parentURL);
  const isFromInside = from !== undefined && isOwnUrl(ground, from);
  if (!/^(?:[./]|[a-z][\w+.-]+:)/i.test(url)) return !isFromInside;
  if (from !== undefined && !isFromInside) return true;
  return !URL.canParse(url, from) || !isOwnUrl(ground, new URL(url, from).href);
};

/** Node tells of each `import()` before it resolves it; what is imported by it, too, comes after it. */
const watchImportCalls = (ground: Ground, engage: Engage): void =>
  subscribe('tracing:module.import:start', message => {
    if (leavesRoot(ground, Object(message))) engage();
  });

const importing = /\bimport\s*(?:\(|\/[*/]|["'{*]|[\w$]+\s*(?:,|from\b))/;
const exporting = ['export *', 'export {'];

/**
 * Whether a file of CommonJS imports something, or is none. All of a runtime comes by: texts are sought before patterns, and from a
 * letter on that is rare, which is what V8 looks for first.
 */
const imports = (content: string): boolean =>
  (content.includes('mport') && importing.test(content)) ||
  (content.includes('xport ') && exporting.some(word => content.includes(word)));

/** An older Node does not tell: there it is read off the text, before it runs. */
const watchTexts = (engage: Engage): void => {
  const prototype = Module.prototype as unknown as {
    _compile: (this: unknown, content: unknown, file: string, format?: string) => unknown;
  };
  const compile = prototype._compile;
  let waiting = true;
  prototype._compile = function (content, file, format) {
    if (waiting && (format === 'module' || imports(String(content)))) {
      waiting = false;
      engage();
    }
    return compile.call(this, content, file, format);
  };
};

const startsAsCommonJs = (): boolean => {
  const [, called] = process.argv;
  // A worker is told its file later. The module of threads would say it as well, for two milliseconds; newer Nodes don't come here.
  const { disabled: isThread } = process.chdir as { readonly disabled?: unknown };
  if (isThread === true || called === undefined || !existsSync(called)) return false;
  const entry = realpathSync(called);
  if (/\.[cm]js$/.test(entry)) return entry.endsWith('.cjs');
  const { manifestIn } = require('./manifest.cjs') as typeof import('./manifest.cjs');
  for (let dir = path.dirname(entry); ; dir = path.dirname(dir)) {
    const manifest = manifestIn(dir);
    if (manifest !== null || dir === path.dirname(dir)) return manifest?.type !== 'module';
  }
};

export const watchImports = (ground: Ground, engage: Engage): void => {
  if (hasModulesAbove(ground)) engage();
  else if (loader.registerHooks !== undefined) watchImportCalls(ground, engage);
  else if (startsAsCommonJs()) watchTexts(engage);
  else engage();
};
