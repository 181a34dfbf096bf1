import type { RuntimeFact, RuntimeHandle, Runtimes } from '#src/launching/runtime.js';

type Report = (fact: RuntimeFact) => void;
type Told = { readonly fact: RuntimeFact; readonly report: Report };

/** What is under way in one shell, and the facts of its child that no chart has been told yet. */
export type Progress = {
  /** Work has begun that settles by itself. */
  readonly isBusy: () => boolean;
  readonly track: <Output>(work: Promise<Output>) => Promise<Output>;
  /** The next thing that happens. */
  readonly change: () => Promise<void>;
  /** The oldest fact that may be told now; whoever gets it tells it. */
  readonly take: (mayEnd: boolean) => (() => void) | null;
  /** For who waits too long. */
  readonly describe: () => string;
  readonly hasEnded: () => boolean;
  readonly pid: () => number | null;
  /** Its child's facts wait here, and what it is ordered is known. */
  readonly watched: (runtimes: Runtimes) => Runtimes;
};

export const createProgress = (): Progress => {
  let facts: readonly Told[] = [];
  let wakers: (() => void)[] = [];
  let running = 0;
  /** On its way up or down: the fact comes by itself. */
  let moving = false;
  let pid: number | null = null;
  let ordered = false;

  const wake = (): void => {
    const waiting = wakers;
    wakers = [];
    for (const resolve of waiting) resolve();
  };
  const arrive = (fact: RuntimeFact, report: Report): void => {
    if (fact.type === 'runtime.spawned') ({ pid } = fact);
    else pid = null;
    // Who was ordered to end before it was up is still on its way down.
    moving = fact.type === 'runtime.spawned' && ordered;
    facts = [...facts, { fact, report }];
    wake();
  };
  const track: Progress['track'] = async work => {
    running += 1;
    try {
      return await work;
    } finally {
      running -= 1;
      wake();
    }
  };
  return {
    isBusy: () => running > 0 || moving,
    track,
    change: () =>
      new Promise(resolve => {
        wakers.push(resolve);
      }),
    take: mayEnd => {
      const [next, ...rest] = facts;
      if (next === undefined || (next.fact.type === 'runtime.exited' && !mayEnd && !ordered)) return null;
      facts = rest;
      return () => next.report(next.fact);
    },
    describe: () =>
      `${running} works, the child ${moving ? 'is on its way' : 'stands'}, ${facts.length} facts wait`,
    // A shell that was killed can't write down what it has seen: its child's end is told as a refusal.
    hasEnded: () => facts.some(({ fact }) => fact.type !== 'runtime.spawned'),
    pid: () => pid,
    watched: runtimes => {
      const start: Runtimes['start'] = (input, report): RuntimeHandle => {
        moving = true;
        ordered = false;
        const handle = runtimes.start(input, fact => arrive(fact, report));
        return {
          order: order => {
            moving = pid !== null || moving;
            ordered = true;
            handle.order(order);
          },
          dispose: handle.dispose,
        };
      };
      return {
        ...runtimes,
        start,
        // It runs beside everything else, as it does in an app; only its result makes the chart move.
        probe: (input, signal) => track(runtimes.probe(input, signal)),
      };
    },
  };
};
