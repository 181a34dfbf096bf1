/** What both hooks are told; with a package of the registry instead of a folder, `from` goes and `version` may come. */
export const runtime = { package: 'stagedoor-example-runtime', from: 'runtime' };
