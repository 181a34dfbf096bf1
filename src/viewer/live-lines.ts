import { keepLines } from '../follow/kept-lines.ts';

/** `process`: the newest that is, or was, connected; in words. */
export type LiveState = {
  readonly state: 'waiting' | 'connected' | 'ended';
  readonly process: string | null;
};

/** What the viewer's pages are told. */
export type LiveListener = {
  /** There are new lines. */
  readonly lines: () => void;
  readonly state: (state: LiveState) => void;
};

/** A process that tells its journal. */
export type Source = {
  /** False: that is no line of a journal, and nobody hears of it. */
  readonly tell: (line: string) => boolean;
  readonly end: () => void;
};

/** What processes tell, kept for pages that come later. */
export type LiveLines = {
  readonly connect: () => Source;
  readonly listen: (listener: LiveListener) => () => void;
  readonly state: () => LiveState;
  /** As in `KeptLines`. */
  readonly at: (place: number) => { readonly place: number; readonly line: string } | undefined;
};

/** Two journals of full size. */
const maxKept = 4 << 20;
const maxRuns = 200;

type Entry = Readonly<Record<string, unknown>>;

/** A line of a journal; null: junk. */
const entryOf = (line: string): Entry | null => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'event' in value && typeof value.event === 'string'
      ? { ...value }
      : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

const nameOf = ({ pid, package: name }: Entry): string => {
  const process = typeof pid === 'number' ? `process ${pid}` : 'a process';
  return typeof name === 'string' && name.length < 300 ? `${name}, ${process}` : process;
};

/** A process that connects again tells everything again. */
const knownLines = (): ((entry: Entry) => boolean) => {
  const last = new Map<string, number>();
  return ({ run, seq }) => {
    if (typeof run !== 'string' || typeof seq !== 'number') return false;
    if (seq <= (last.get(run) ?? 0)) return true;
    last.delete(run);
    last.set(run, seq);
    const [oldest] = last.keys();
    if (last.size > maxRuns && oldest !== undefined) last.delete(oldest);
    return false;
  };
};

export const openLiveLines = (): LiveLines => {
  const kept = keepLines(maxKept);
  const isKnown = knownLines();
  const listeners = new Set<LiveListener>();
  /** Those that have told something, the newest last. */
  const living = new Map<Source, string>();
  let state: LiveState = { state: 'waiting', process: null };

  const show = (): void => {
    const newest = [...living.values()].at(-1);
    const next: LiveState =
      newest === undefined
        ? { state: 'ended', process: state.process }
        : { state: 'connected', process: newest };
    if (next.state === state.state && next.process === state.process) return;
    state = next;
    for (const listener of listeners) listener.state(state);
  };

  return {
    connect: () => {
      const source: Source = {
        tell: line => {
          const entry = entryOf(line);
          if (entry === null) return false;
          if (!living.has(source)) {
            living.set(source, nameOf(entry));
            show();
          }
          if (isKnown(entry)) return true;
          // In JSON it is a blank; in a stream of events it would end the line.
          kept.add(line.replaceAll('\r', ' '));
          for (const listener of listeners) listener.lines();
          return true;
        },
        end: () => {
          if (living.delete(source)) show();
        },
      };
      return source;
    },
    listen: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
    at: kept.at,
  };
};
