import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { App } from 'electron';
import { type StandIn, standIn } from './agreement.ts';
import { deferred } from './deferred.ts';
import { plainEvent } from './event.ts';
import { type AppPayloads, teller } from './payloads.ts';
import { createQuitting, type Quitting, type Windows } from './quitting.ts';

/** What an installed shell knows of itself. */
export type AppFacts = {
  readonly userData: string;
  readonly appPath: string;
  readonly isPackaged: boolean;
  readonly name: string;
  readonly version: string;
  /** Default true; false until the lever `becomeReady`. */
  readonly ready?: boolean;
  /** Somebody waits for the app to be ready. */
  readonly readyAwaited?: () => void;
  /** Whether this is the first instance; default true. */
  readonly takeInstanceLock?: (additionalData: unknown) => boolean;
};

type PathName =
  | 'home'
  | 'appData'
  | 'assets'
  | 'userData'
  | 'sessionData'
  | 'temp'
  | 'exe'
  | 'module'
  | 'desktop'
  | 'documents'
  | 'downloads'
  | 'music'
  | 'pictures'
  | 'videos'
  | 'recent'
  | 'logs'
  | 'crashDumps';

type Members = {
  readonly isPackaged: boolean;
  isReady(): boolean;
  whenReady(): Promise<void>;
  getAppPath(): string;
  getName(): string;
  setName(name: string): void;
  getVersion(): string;
  getPath(name: PathName): string;
  setPath(name: string, path: string): void;
  quit(): void;
  exit(exitCode?: number): void;
  enableSandbox(): void;
  requestSingleInstanceLock(additionalData?: Record<string, unknown>): boolean;
  hasSingleInstanceLock(): boolean;
  releaseSingleInstanceLock(): void;
};

export type AppDouble = {
  readonly app: StandIn<App, Members>;
  readonly quitting: Quitting;
  readonly tell: ReturnType<typeof teller<AppPayloads>>;
  readonly becomeReady: () => void;
  /** Names of the events that somebody listens to. */
  readonly heard: () => readonly string[];
};

const placesOf = ({ userData }: AppFacts): Map<string, string> =>
  new Map([
    ['userData', userData],
    ['sessionData', userData],
    ['logs', path.join(userData, 'logs')],
    ['crashDumps', path.join(userData, 'Crashpad')],
    ['appData', path.dirname(userData)],
    ['temp', tmpdir()],
    ['exe', process.execPath],
  ]);

export const createApp = (facts: AppFacts, windows: Windows, ended: (code: number) => void): AppDouble => {
  const emitter = new EventEmitter();
  const tell = teller<AppPayloads>(emitter);
  const quitting = createQuitting(tell, windows, ended);
  const places = placesOf(facts);
  const readiness = deferred();
  let name = facts.name;
  let ready = false;
  let hasLock = false;
  const becomeReady = (): void => {
    if (ready) return;
    ready = true;
    readiness.resolve();
    tell('ready', plainEvent(), {});
  };
  const members: Members = {
    isPackaged: facts.isPackaged,
    isReady: () => ready,
    whenReady: () => {
      facts.readyAwaited?.();
      return readiness.promise;
    },
    getAppPath: () => facts.appPath,
    getName: () => name,
    setName: to => {
      name = to;
    },
    getVersion: () => facts.version,
    getPath: place => {
      const found = places.get(place);
      if (found === undefined) throw new Error(`Failed to get '${place}' path`);
      return found;
    },
    setPath: (place, to) => void places.set(place, to),
    quit: quitting.quit,
    exit: (code = 0) => quitting.exit(code),
    enableSandbox: () => undefined,
    requestSingleInstanceLock: additionalData => {
      hasLock = facts.takeInstanceLock?.(additionalData) ?? true;
      return hasLock;
    },
    hasSingleInstanceLock: () => hasLock,
    releaseSingleInstanceLock: () => {
      hasLock = false;
    },
  };
  emitter.on('newListener', name => {
    if (name === 'ready') facts.readyAwaited?.();
  });
  if (facts.ready ?? true) becomeReady();
  return {
    app: standIn<App>()({ name: 'app' }, members, emitter),
    quitting,
    tell,
    becomeReady,
    heard: () =>
      emitter
        .eventNames()
        .map(String)
        .filter(name => name !== 'newListener'),
  };
};
