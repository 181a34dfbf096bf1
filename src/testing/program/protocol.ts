/** What a runtime and its shell say to each other over the IPC channel. */

/** How this runtime was told to behave, by the `behaviour.json` beside it. */
export type Settings = {
  readonly kind: string;
  readonly afterMs: number;
  readonly bytes: number;
  readonly detached: boolean;
  readonly answers: string;
  readonly state: string;
  readonly needs: string;
};

const attempt = process.env.STAGEDOOR_ATTEMPT;
const launchedAs = process.env.STAGEDOOR_VERSION;

/** Sends a message to the shell; without a channel nothing happens. Resolves when it has left. */
const tell = (message: Readonly<Record<string, unknown>>): Promise<void> =>
  new Promise(resolve => {
    if (process.send === undefined) return resolve();
    // An error here means that the shell has gone; `disconnect` tells the same.
    process.send(message, undefined, undefined, () => resolve());
  });

export const sayReady = (version?: string): Promise<void> =>
  tell({ type: 'stagedoor.ready', attempt, version: version ?? launchedAs });

export const sayHeartbeat = (): Promise<void> => tell({ type: 'stagedoor.heartbeat', attempt });

export const sayBusy = (busy: boolean): Promise<void> => tell({ type: 'stagedoor.busy', busy });

/** Calls back when the shell asks for the end, and when it has gone. */
export const onShutdown = (listener: () => void): void => {
  process.on('disconnect', listener);
  process.on('message', message => {
    const type: unknown =
      typeof message === 'object' && message && 'type' in message ? message.type : undefined;
    if (type === 'stagedoor.shutdown') listener();
  });
};

/** What the runtime tells everybody who asks. */
export const identity = (version: string): Readonly<Record<string, unknown>> => ({
  version,
  attempt: attempt ?? null,
  launchedAs: launchedAs ?? null,
  pid: process.pid,
});
