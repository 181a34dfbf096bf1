const built = import.meta.url.endsWith('.ts') ? '../../../dist/test/support/electron/' : './';

/** A program of this folder as it was built: children of tests run that, wherever the test itself is read from. */
export const builtProgram = (name: string): URL => new URL(`${built}${name}.js`, import.meta.url);
