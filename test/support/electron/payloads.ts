import type { EventEmitter } from 'node:events';
import type {
  App,
  BrowserWindow,
  Event,
  NotificationResponse,
  ParentPort,
  PowerMonitor,
  RenderProcessGoneDetails,
  UtilityProcess,
  WebContents,
  WindowSessionEndEvent,
} from 'electron';
import type { Same } from './agreement.ts';

/** What the double tells with each event. `agreed` below breaks the build where electron.d.ts tells something else. */
export type AppPayloads = {
  ready: [event: Event, launchInfo: Record<string, unknown> | NotificationResponse];
  'before-quit': [event: Event];
  'will-quit': [event: Event];
  quit: [event: Event, exitCode: number];
  'window-all-closed': [];
  'browser-window-created': [event: Event, window: BrowserWindow];
  'web-contents-created': [event: Event, webContents: WebContents];
  'second-instance': [event: Event, argv: string[], workingDirectory: string, additionalData: unknown];
};
export type WindowPayloads = {
  close: [event: Event];
  closed: [];
  'ready-to-show': [];
  'query-session-end': [event: WindowSessionEndEvent];
  'session-end': [event: WindowSessionEndEvent];
};
export type WebContentsPayloads = {
  destroyed: [];
  'dom-ready': [];
  'did-finish-load': [];
  'did-start-loading': [];
  'did-navigate': [event: Event, url: string, httpResponseCode: number, httpStatusText: string];
  'render-process-gone': [event: Event, details: RenderProcessGoneDetails];
};
export type PowerPayloads = { suspend: []; resume: []; shutdown: [] };
export type UtilityPayloads = {
  spawn: [];
  exit: [code: number];
  message: [message: unknown];
  error: [type: 'FatalError', location: string, report: string];
};
export type ParentPortPayloads = { message: Parameters<Parameters<ParentPort['on']>[1]> };

type Payloads = Record<string, readonly unknown[]>;

/** Emits only what is declared above. False if nobody listens. */
export const teller =
  <Known extends Payloads>(emitter: Pick<EventEmitter, 'emit'>) =>
  <Name extends keyof Known & string>(name: Name, ...payload: Known[Name]): boolean =>
    emitter.emit(name, ...payload);

/** Takes a second argument, which nobody gives, where the two types differ. */
const told =
  <Ours>() =>
  <Theirs>(
    _payload: Theirs,
    ..._differs: Same<Ours, Theirs> extends true ? [] : ['differs from electron.d.ts']
  ): void =>
    undefined;

type Electrons = {
  readonly app: App;
  readonly window: BrowserWindow;
  readonly contents: WebContents;
  readonly power: PowerMonitor;
  readonly utility: UtilityProcess;
};

/** Never called: electron's own overloads give each listener its parameters, and the compiler compares. */
export const agreed = ({ app, window, contents, power, utility }: Electrons): void => {
  app.on('ready', (...payload) => told<AppPayloads['ready']>()(payload));
  app.on('before-quit', (...payload) => told<AppPayloads['before-quit']>()(payload));
  app.on('will-quit', (...payload) => told<AppPayloads['will-quit']>()(payload));
  app.on('quit', (...payload) => told<AppPayloads['quit']>()(payload));
  app.on('window-all-closed', (...payload) => told<AppPayloads['window-all-closed']>()(payload));
  app.on('browser-window-created', (...payload) => told<AppPayloads['browser-window-created']>()(payload));
  app.on('web-contents-created', (...payload) => told<AppPayloads['web-contents-created']>()(payload));
  app.on('second-instance', (...payload) => told<AppPayloads['second-instance']>()(payload));
  window.on('close', (...payload) => told<WindowPayloads['close']>()(payload));
  window.on('closed', (...payload) => told<WindowPayloads['closed']>()(payload));
  window.on('ready-to-show', (...payload) => told<WindowPayloads['ready-to-show']>()(payload));
  window.on('query-session-end', (...payload) => told<WindowPayloads['query-session-end']>()(payload));
  window.on('session-end', (...payload) => told<WindowPayloads['session-end']>()(payload));
  contents.on('destroyed', (...payload) => told<WebContentsPayloads['destroyed']>()(payload));
  contents.on('dom-ready', (...payload) => told<WebContentsPayloads['dom-ready']>()(payload));
  contents.on('did-finish-load', (...payload) => told<WebContentsPayloads['did-finish-load']>()(payload));
  contents.on('did-start-loading', (...payload) => told<WebContentsPayloads['did-start-loading']>()(payload));
  contents.on('did-navigate', (...payload) => told<WebContentsPayloads['did-navigate']>()(payload));
  contents.on('render-process-gone', (...payload) =>
    told<WebContentsPayloads['render-process-gone']>()(payload),
  );
  power.on('suspend', (...payload) => told<PowerPayloads['suspend']>()(payload));
  power.on('resume', (...payload) => told<PowerPayloads['resume']>()(payload));
  power.on('shutdown', (...payload) => told<PowerPayloads['shutdown']>()(payload));
  utility.on('spawn', (...payload) => told<UtilityPayloads['spawn']>()(payload));
  utility.on('exit', (...payload) => told<UtilityPayloads['exit']>()(payload));
  utility.on('message', (...payload) => told<UtilityPayloads['message']>()(payload));
  utility.on('error', (...payload) => told<UtilityPayloads['error']>()(payload));
};
