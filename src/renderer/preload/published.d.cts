import type { StagedoorBridge } from './src/electron/bridge.js' with { 'resolution-mode': 'import' };

/**
 * Loading this file exposes the bridge in the page as `window.stagedoor`; use it as the window's `preload`, or bundle it into
 * your own. This is the same bridge for your own preload, where its errors are whole: a `TypeError` for a wrong argument, and
 * an `Error` with `code` for a failed order. In the page each is a plain `Error` whose message begins with `TypeError: ` or
 * with the code (`REGISTRY_UNREACHABLE: …`), because nothing else of an error goes through Electron's context bridge.
 */
export declare const stagedoor: StagedoorBridge;
