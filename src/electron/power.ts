import type { ElectronParts } from './parts.ts';

type Parts = Pick<ElectronParts, 'app' | 'net' | 'powerMonitor'>;

/** Electron tells the main process of no reconnect, so that it is asked; `false` is reliable, `true` is not. */
const lookMs = 5000;

export type Connection = { readonly isOnline: () => boolean; readonly end: () => void };

/**
 * Says when it is worth looking again: after the machine slept, and when the network is back. Deadlines need no help: they
 * count active time by themselves.
 */
export const watchConnection = (
  { app, net, powerMonitor }: Parts,
  { wake, changed }: { readonly wake: () => void; readonly changed: () => void },
): Connection => {
  // `net` can't be used before the app is ready.
  const isOnline = (): boolean => !app.isReady() || net.isOnline();
  let online = isOnline();
  const look = (): void => {
    const before = online;
    online = isOnline();
    if (before === online) return;
    changed();
    if (online) wake();
  };
  const resume = (): void => {
    online = isOnline();
    changed();
    if (online) wake();
  };
  const timer = setInterval(look, lookMs);
  timer.unref();
  powerMonitor.on('resume', resume);
  return {
    isOnline: () => online,
    end: () => {
      clearInterval(timer);
      powerMonitor.off('resume', resume);
    },
  };
};
