import type { Source } from '../registry/npm-settings.ts';
import type { FileSystem } from '../store/file-system.ts';

/** The registry that packages are fetched from, how it is reached, and where they are written. */
export type NodeSource = Omit<Source, 'package'> & { readonly fs: FileSystem };
