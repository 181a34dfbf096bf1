import path from 'node:path';

/** Comes with real files for nine systems, as napi-rs makes them. */
export const crossPackage = path.resolve(
  import.meta.dirname,
  '../../../node_modules/@electron-internal/extract-zip',
);

/** The file for a system: `linux-x64-musl`, `darwin-universal`, `win32-arm64-msvc`. */
export const crossFile = (system: string): string => path.join(crossPackage, `index.${system}.node`);
