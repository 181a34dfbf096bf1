import type { IpcMainInvokeEvent, WebContents } from 'electron';
import { explainText } from '../cli/explain-text.ts';
import { plainStyle } from '../cli/style.ts';
import { toFailure } from '../failure.ts';
import type { Stagedoor } from '../stagedoor.ts';
import {
  type Answer,
  channels,
  type Order,
  type UiCheck,
  type UiExplanation,
  type UiRestart,
} from './bridge.ts';
import { type Holds, holdsOfWindows, type WindowHolds } from './holds.ts';
import { parseOrder } from './order.ts';
import type { ElectronParts } from './parts.ts';
import { type IsOwnPage, isOwnFrame } from './trust.ts';
import type { UiStates } from './ui-state.ts';
import type { UiText } from './ui-text.ts';

type Verbs = Pick<Stagedoor, 'update' | 'restart' | 'explain'>;

export type OrderSetup = {
  readonly stagedoor: Verbs;
  readonly states: UiStates;
  readonly holds: Holds;
  readonly isOwnPage: IsOwnPage;
  /** False: no updater at all. */
  readonly managed: boolean;
  readonly textOf: UiText;
};

const refused = (message: string): Answer => ({ ok: false, error: { code: 'REFUSED', message } });

const versionIn = (outcome: object): string | null =>
  'version' in outcome && typeof outcome.version === 'string' ? outcome.version : null;

const carryOut = ({ stagedoor, states, managed, textOf }: OrderSetup, windows: WindowHolds) => {
  const check = async (): Promise<UiCheck> => {
    const outcome = await stagedoor.update();
    return { outcome: outcome.outcome, version: versionIn(outcome) };
  };
  const restart = async (when: 'idle' | 'now'): Promise<UiRestart> => {
    const { staged, tags } = states.get();
    if (tags.includes('starting') || tags.includes('restarting'))
      return { outcome: 'restarting', version: null };
    // A page may choose when: not that running work ends for nothing, and not that what the host has stopped starts again.
    if (staged === null && !tags.includes('down')) return { outcome: 'nothing-staged', version: null };
    const outcome = await stagedoor.restart({ when });
    return { outcome: outcome.outcome, version: versionIn(outcome) };
  };
  const explain = async (): Promise<UiExplanation> => {
    const explanation = await stagedoor.explain();
    const lines = explainText({ ...explanation, history: [] }, undefined, plainStyle).split('\n');
    return { running: explanation.running, lines: lines.map(textOf) };
  };
  return async (order: Order, sender: WebContents): Promise<Answer> => {
    switch (order.verb) {
      case 'status':
        return { ok: true, value: states.get() };
      case 'check':
        return managed ? { ok: true, value: await check() } : refused('a development shell has no updater');
      case 'restartToApply':
        return { ok: true, value: await restart(order.when) };
      case 'hold':
        windows.hold(sender);
        return { ok: true, value: null };
      case 'release':
        windows.release(sender);
        return { ok: true, value: null };
      case 'explain':
        return { ok: true, value: await explain() };
    }
  };
};

/**
 * Answers what windows order. Who is no top frame of an own page, or says anything but an order, is refused and nothing
 * else happens (P-38).
 */
export const answerOrders = (
  { ipcMain }: Pick<ElectronParts, 'ipcMain'>,
  setup: OrderSetup,
): (() => void) => {
  const { isOwnPage, textOf } = setup;
  const windows = holdsOfWindows(setup.holds);
  const run = carryOut(setup, windows);
  const answer = async (event: IpcMainInvokeEvent, ...args: readonly unknown[]): Promise<Answer> => {
    if (!isOwnFrame(isOwnPage, event.senderFrame)) return refused('this page may not order anything');
    const order = parseOrder(args);
    if (order === null) return refused('this is no order');
    try {
      return await run(order, event.sender);
    } catch (error) {
      const { code, message } = toFailure(error);
      return { ok: false, error: { code, message: textOf(message) } };
    }
  };
  ipcMain.handle(channels.order, answer);
  return () => {
    ipcMain.removeHandler(channels.order);
    windows.end();
  };
};
