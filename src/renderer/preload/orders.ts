import type { IpcRenderer } from 'electron';
import * as v from 'valibot';
import { channels, type Order } from '../../electron/bridge.ts';
import { answer } from './answers.ts';
import { orderFailure } from './order-failure.ts';

export type Ordering = <Value>(order: Order, value: v.GenericSchema<unknown, Value>) => Promise<Value>;

/** What an error of the invocation itself says may name files: it stays on this side. */
const noAnswer = () =>
  orderFailure('INTERNAL', 'the main process gave no answer; is stagedoor attached there?');

const odd = (what: string) =>
  orderFailure('INTERNAL', `the main process answered ${what} with something else`);

/** Rejects with an `OrderFailure`. */
export const orderingOver =
  (ipc: Pick<IpcRenderer, 'invoke'>): Ordering =>
  async (order, value) => {
    const answered = await ipc.invoke(channels.order, order).catch(() => {
      throw noAnswer();
    });
    const parsed = v.safeParse(answer, answered);
    if (!parsed.success) throw odd(order.verb);
    if (!parsed.output.ok) throw orderFailure(parsed.output.error.code, parsed.output.error.message);
    const read = v.safeParse(value, parsed.output.value);
    if (!read.success) throw odd(order.verb);
    return read.output;
  };
