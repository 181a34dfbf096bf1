export type Phase =
  | 'checking'
  | 'downloading'
  | 'extracting'
  | 'natives'
  | 'verifying'
  | 'flushing'
  | 'committing';

/** How far a step is. Bytes, but for `flushing`, which counts files. */
export type Progress = { readonly phase: Phase; readonly bytes: number; readonly total: number | null };
export type Report = (progress: Progress) => void;

const gapMs = 50;

/** Lets through the first report of each phase and then about 20 a second; `flush` brings what was held back. */
export const throttledReport = (report: Report): { readonly report: Report; flush(): void } => {
  let held: Progress | null = null;
  let phase: Phase | null = null;
  let last = Number.NEGATIVE_INFINITY;
  const pass = (progress: Progress): void => {
    held = null;
    phase = progress.phase;
    last = performance.now();
    report(progress);
  };
  const flush = (): void => {
    if (held !== null) pass(held);
  };
  return {
    flush,
    report: progress => {
      if (progress.phase !== phase) flush();
      if (progress.phase !== phase || performance.now() - last >= gapMs) pass(progress);
      else held = progress;
    },
  };
};
