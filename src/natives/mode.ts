import type { NativesMode } from '../../machines/contract.ts';

const modes: readonly NativesMode[] = ['auto', 'skip'];

const modeOf = (text: string | undefined): NativesMode | undefined =>
  modes.find(mode => mode === text?.trim().toLowerCase());

/** The environment's word, then the configuration's, then `auto`; case does not matter, and other words are none (N-06). */
export const nativesMode = (environment: string | undefined, configured: string | undefined): NativesMode =>
  modeOf(environment) ?? modeOf(configured) ?? 'auto';

export const isNativesMode = (text: string): boolean => modeOf(text) !== undefined;
