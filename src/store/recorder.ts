import { randomUUID } from 'node:crypto';
import type { ChartStep } from '../chart-watch.ts';
import { ownVersion } from '../version.ts';
import type { FileSystem } from './file-system.ts';
import { type Journal, type JournalFact, type JournalOptions, openJournal } from './journal.ts';
import { replayEvents } from './journal-form.ts';
import type { Layout } from './layout.ts';

/** A journal that also keeps the steps of the charts, so that what happened can be replayed. */
export type Recorder = Journal & {
  /** Keeps a step until the work of this moment is done; then all are written at once. */
  readonly step: (step: ChartStep) => void;
  /** From here on the disk may be touched: a chart stands somewhere before it is started. */
  readonly begin: () => void;
};

/** Recorders with steps that are not written yet. */
const holding = new Set<() => void>();

const writeHeld = (): void => {
  for (const write of holding) write();
};

const hold = (write: () => void): void => {
  if (holding.size === 0) process.once('exit', writeHeld);
  holding.add(write);
};

const letGo = (write: () => void): void => {
  holding.delete(write);
  if (holding.size === 0) process.off('exit', writeHeld);
};

const now = (): string => new Date().toISOString();

/** What this process is: the first line of its run. */
const beginning = (packageName: string): JournalFact => ({
  event: replayEvents.began,
  stagedoor: ownVersion,
  node: process.version,
  electron: process.versions.electron,
  platform: `${process.platform}-${process.arch}`,
  package: packageName,
});

/**
 * What moves no chart and comes often: that running work began or ended, which a runtime may tell with every request it
 * serves, and that one chart has heard of a step of another.
 */
const isNoise = ({ moved, by }: ChartStep): boolean => !moved && /^(?:lease\.|xstate\.snapshot\.)/.test(by);

/** A journal of one run, marked with an id of its own: process ids come again, and a process may have several runs. */
export const openRecorder = (
  fs: FileSystem,
  layout: Layout,
  {
    packageName,
    maxBytes,
    tell,
  }: { readonly packageName: string } & Pick<JournalOptions, 'maxBytes' | 'tell'>,
): Recorder => {
  const journal = openJournal(fs, layout, { run: randomUUID().slice(0, 8), maxBytes, tell });
  let begun = false;
  let held: JournalFact[] = [];
  const writeWith = (...entries: readonly JournalFact[]): void => {
    letGo(write);
    const lines = [...held, ...entries];
    held = [];
    if (lines.length > 0) journal.append(...lines);
  };
  const write = (): void => writeWith();
  const writeSoon = (): void => {
    hold(write);
    // Still before anything that happens next, and many steps of one moment cost one write.
    queueMicrotask(write);
  };
  const keep = (fact: JournalFact): void => {
    held.push(fact);
    if (begun && !holding.has(write)) writeSoon();
  };
  const begin = (): void => {
    if (begun) return;
    held.unshift({ at: held[0]?.at ?? now(), ...beginning(packageName) });
    begun = true;
    writeSoon();
  };
  return {
    append: (...entries) => {
      begin();
      writeWith(...entries);
    },
    lost: journal.lost,
    step: step => {
      if (isNoise(step)) return;
      const { chart, by, state, version } = step;
      keep({
        at: now(),
        event: replayEvents.step,
        chart,
        by,
        state,
        ...(version === null ? {} : { version }),
      });
    },
    begin,
  };
};
