import { spoken } from '../../../../visualizations/generate/chart-graph.ts';
import type { Frame } from '../../../film/film.ts';

/** What moved a chart, in the words of the pictures: `launch ▸ probe done`. */
export const eventName = ({ chart, by }: Frame): string => {
  if (chart === null) return by;
  return `${chart} ▸ ${by === 'xstate.init' ? 'begins' : spoken(by).text}`;
};
