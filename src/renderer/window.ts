import type { StagedoorBridge } from '../electron/bridge.ts';

declare global {
  interface Window {
    /** There where `stagedoor/preload` is the window's preload, or part of it. */
    readonly stagedoor?: StagedoorBridge;
  }
}

/** What the preload exposed, or null in a page without it and outside of a page. */
export const exposedBridge = (): StagedoorBridge | null =>
  typeof window === 'undefined' ? null : (window.stagedoor ?? null);
