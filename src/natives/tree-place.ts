import path from 'node:path';
import { type Layout, storeLayout } from '../store/layout.ts';
import { cacheFolder } from './cache-folder.ts';

/**
 * The trees of one ABI, laid out like a store of versions: `<cache>/runtime/<tag>/versions/<stamp>` (N-03), with the same
 * scratch folders, leases and trash.
 */
export const treesOf = (tag: string): Layout => storeLayout(path.join(cacheFolder(), 'runtime', tag));

/** What is in a tree, for people and for the next version of us; written last but for the tree list. */
export const stampName = 'stamp.json';

/** Where each ecosystem has its packages in a tree. */
export const packagesFolder = { node: 'node_modules', python: 'site-packages' } as const;
