import type { ElectronParts } from './parts.ts';

type Parts = Pick<ElectronParts, 'net' | 'powerMonitor'>;

/** Electron tells the main process of no reconnect, so that it is asked; `false` is reliable, `true` is not. */
const lookMs = 5000;

export type Connection = { readonly isOnline: () => boolean; readonly end: () => void };

/**
 * Says when it is worth looking again: after the machine slept, and when the network is back. Deadlines need no help: they
 * count active time by themselves.
 */
export const watchConnection = (
  { net, powerMonitor }: Parts,
  { wake, changed }: { readonly wake: () => void; readonly changed: () => void },
): Connection => {
  let online = net.isOnline();
  const look = (): void => {
    const before = online;
    online = net.isOnline();
    if (before === online) return;
    changed();
    if (online) wake();
  };
  const resume = (): void => {
    online = net.isOnline();
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
