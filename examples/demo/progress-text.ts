import type { StagedoorEvents } from 'stagedoor';

export type Progress = StagedoorEvents['update:progress'];

const barWidth = 16;
const bar = (share: number): string => '━'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '╌');

const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const amount = ({ phase, bytes, total }: Progress): string => {
  if (phase === 'flushing') return `${bytes} ${bytes === 1 ? 'file' : 'files'}`;
  return total === null || total <= bytes ? size(bytes) : `${size(bytes)} of ${size(total)}`;
};

/** `downloading 1.5 MB of 6.0 MB`. */
export const progressText = (step: Progress): string => `${step.phase} ${amount(step)}`;

/** The same behind a bar, for a line that is rewritten. */
export const movingText = (step: Progress): string => {
  const share = step.total === null || step.total === 0 ? 1 : Math.min(1, step.bytes / step.total);
  return `${bar(share)}  ${progressText(step)}`;
};
