import { type AttemptRecord, noteChild, openAttempt, resolveAttempt } from '../store/attempts.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Layout } from '../store/layout.ts';

/** The records of this shell's attempts. A record is read, changed and written: one change at a time, in the order given. */
export type AttemptBook = {
  open(subject: Parameters<typeof openAttempt>[2]): Promise<AttemptRecord>;
  note(id: string, pid: number): Promise<unknown>;
  resolve(id: string, state: Parameters<typeof resolveAttempt>[3], detail?: string): Promise<unknown>;
};

export const createAttemptBook = (
  fs: FileSystem,
  layout: Layout,
  /** Told of each record that was closed. */
  closed: (record: AttemptRecord) => void = () => undefined,
): AttemptBook => {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Output>(work: () => Promise<Output>): Promise<Output> => {
    const turn = last.then(work);
    last = turn.catch(() => 'who asked for it is told');
    return turn;
  };
  return {
    open: subject => inTurn(() => openAttempt(fs, layout, subject)),
    note: (id, pid) => inTurn(() => noteChild(fs, layout, id, pid)),
    resolve: (id, state, detail) =>
      inTurn(async () => closed(await resolveAttempt(fs, layout, id, state, detail))),
  };
};
