import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const manifest = fileURLToPath(import.meta.resolve('electron/package.json'));

/** The release of Electron whose types the double is held to. */
export const { version: electronRelease } = JSON.parse(readFileSync(manifest, 'utf8')) as {
  readonly version: string;
};
