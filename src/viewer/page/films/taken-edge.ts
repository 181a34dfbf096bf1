import type { Frame } from '../../../film/film.ts';
import { charts, leavesOf, upwards } from '../charts/chart-data.ts';

const isIn = (leaves: readonly string[], id: string): boolean =>
  leaves.some(leaf => leaf === id || leaf.startsWith(`${id}.`));

/**
 * The arrow that led to a frame: the frame's own, or the one that fits where it does not say. Storyboards name events in the
 * words of the pictures.
 */
export const takenEdge = (frame: Frame, before: Frame | undefined): string | null => {
  const { chart, by, edge, places } = frame;
  if (typeof edge === 'string') return edge;
  if (chart === null || before === undefined) return null;
  const known = charts[chart];
  const after = leavesOf(chart, places[chart]);
  for (const from of leavesOf(chart, before.places[chart]).flatMap(upwards)) {
    for (const candidate of known.graph.edges) {
      if (candidate.from === from && candidate.label[0] === by && isIn(after, candidate.to))
        return candidate.id;
    }
  }
  return null;
};
