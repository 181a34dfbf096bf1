/**
 * What happened in the charts, step by step: the one form that storyboards, recorded journals and live processes share, and
 * that the viewer shows. Plain JSON.
 */
export type ChartName = 'supervisor' | 'launch' | 'update' | 'natives' | 'plugin-install';

/** Where a chart stood: `alive.healthy.running.candidate`, regions of a parallel state joined by a space; null: it did not run. */
export type ChartPlaces = Readonly<Record<ChartName, string | null>>;

/** One moment after something happened. */
export type Frame = {
  /** Milliseconds since the first frame; null where a film is about an order, not about time. */
  readonly atMs: number | null;
  /** The chart that moved; null where something outside of the charts happened: a power cut, the user, another shell. */
  readonly chart: ChartName | null;
  /** The event that moved it, as the chart names it, or a few words. */
  readonly by: string;
  readonly places: ChartPlaces;
  /** One sentence: what happened and why. */
  readonly says: string;
  /** Versions, outcomes, codes: whatever else is known, in the order to be read. */
  readonly facts: Readonly<Record<string, string>>;
  /** The store at that moment, a line a thing: `pointer`, `versions`, `bad versions`, `attempts`, `scratch`, …; null: not known. */
  readonly disk: Readonly<Record<string, string>> | null;
  /** What the user sees; null: not known. */
  readonly window: string | null;
  /** The arrow that was taken, as `data-edge` in the pictures; null or absent: not known. */
  readonly edge?: string | null;
};

export type Film = {
  readonly schema: 1;
  /** For a link: lower case, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What a reviewer asks, and what the film answers. */
  readonly summary: string;
  readonly frames: readonly Frame[];
};
