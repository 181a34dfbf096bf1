import { fileURLToPath } from 'node:url';

export { StagedoorError } from '../failure.ts';
export { attachStagedoor } from './attach.ts';
export type { UiState, UiTag } from './bridge.ts';
export type { AttachedStagedoor, AttachOptions, Outgrown } from './options.ts';
export type { ElectronParts } from './parts.ts';

/** The file for a window's `webPreferences.preload`: needs nothing besides, sandbox and context isolation stay on. */
export const preloadPath: string = fileURLToPath(new URL('../../preload.cjs', import.meta.url));
