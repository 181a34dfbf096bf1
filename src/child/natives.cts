/**
 * Leads a runtime to the natives that fit its executable (N-08): loaded by `--require` before its entry, in its worker threads
 * and in what it forks, too. What can't be led is told with the identity, and the runtime starts as it would without us (N-11).
 */
import Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeForeignHooks, hasLoaderOption } from './foreign-hooks.cjs';
import { isRequire } from './hook-context.cjs';
import { type Lead, leadImport, leadTo } from './leading.cjs';
import { isHooksThread, loader, resolveLed } from './loader.cjs';

const leadRequire = (lead: Lead): void => {
  const resolve = loader._resolveFilename;
  loader._resolveFilename = (request, parent, isMain, options) => {
    const led = lead(request, parent?.filename ?? undefined);
    if (led === null) return resolve(request, parent, isMain, options);
    return resolveLed(resolve, led, isMain, options);
  };
};

const leadImports = (dirs: Readonly<Record<string, string>>, lead: Lead): void => {
  const byThread = (): void =>
    Module.register(pathToFileURL(path.join(__dirname, 'thread.mjs')), { data: dirs });
  if (loader.registerHooks === undefined || hasLoaderOption()) {
    byThread();
    return;
  }
  const redirect = leadImport(lead);
  const { deregister } = loader.registerHooks({
    resolve: (specifier, context, next) =>
      isRequire(context) ? next(specifier, context) : next(...redirect(specifier, context)),
  });
  beforeForeignHooks(() => {
    deregister();
    byThread();
  });
};

/** What a runtime forks on another executable needs other natives than we have. */
const isMeant = (abi: string | undefined): boolean => abi === undefined || abi === process.versions.modules;

const leadAll = (text: string): void => {
  const dirs = JSON.parse(text) as Readonly<Record<string, string>>;
  const lead = leadTo(dirs);
  leadImports(dirs, lead);
  leadRequire(lead);
};

const { STAGEDOOR_NATIVE_DIRS: dirs, STAGEDOOR_NATIVE_ABI: abi } = process.env;
if (dirs !== undefined && isMeant(abi) && !isHooksThread()) {
  try {
    leadAll(dirs);
  } catch (error) {
    process.env.STAGEDOOR_NATIVE_PROBLEM = String(error);
  }
}
