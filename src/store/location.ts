import path from 'node:path';
import envPaths from 'env-paths';

/** The default store, `<user data>/runtime-store`; a scoped name becomes one folder name. */
export const defaultStore = (packageName: string): string =>
  path.join(envPaths(packageName.replaceAll('/', '+'), { suffix: '' }).data, 'runtime-store');
