/** Where a staged version has its lock; written out, so that a change of the name is noticed. */
export const lockName = '.stagedoor-core-lock.json';

/** A package without `exports`, as tests make them: every file can be imported, and its name where a main file is there. */
export type Locked = {
  readonly name: string;
  readonly version: string;
  readonly place: string;
  readonly hasMain?: boolean;
};

const lineOf = ({ name, version, place, hasMain = false }: Locked): string =>
  JSON.stringify({
    ...{ ecosystem: 'npm', name, version, integrity: null, place },
    modules: hasMain ? [name, `${name}/*`] : [`${name}/*`],
  });

/** The bytes that the lock of a tree with these packages has, by the format and not by our code; in the order of the lock. */
export const lockOfPackages = (...packages: readonly Locked[]): string =>
  `{\n  "schema": 1,\n  "packages": [\n    ${packages.map(lineOf).join(',\n    ')}\n  ],\n  "aliases": {}\n}\n`;
