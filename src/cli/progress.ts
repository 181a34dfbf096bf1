import { performance } from 'node:perf_hooks';
import type { Stream } from './style.ts';
import { bytesText, count } from './text.ts';

/** Where a long job stands. */
export type ProgressState = {
  readonly phase: string;
  readonly version?: string | undefined;
  /** While flushing: files. */
  readonly bytes: number;
  readonly total: number | null;
};

/** One line at the bottom of a terminal, rewritten in place. */
export type ProgressLine = {
  show(state: ProgressState): void;
  /** Takes the line away; it is safe to call more than once. */
  clear(): void;
};

type Timing = { readonly delayMs: number; readonly everyMs: number; readonly now: () => number };
const usual: Timing = { delayMs: 1000, everyMs: 100, now: () => performance.now() };

/** `downloading 1.2.0  4.1 MB of 11.0 MB  37 %`. */
export const progressText = ({ phase, version, bytes, total }: ProgressState): string => {
  const subject = version === undefined ? phase : `${phase} ${version}`;
  if (phase === 'flushing' && total !== null) return `${subject}  ${bytes} of ${count(total, 'file')}`;
  if (total === null || total <= 0) return bytes > 0 ? `${subject}  ${bytesText(bytes)}` : subject;
  const share = Math.min(100, Math.floor((bytes / total) * 100));
  return `${subject}  ${bytesText(Math.min(bytes, total))} of ${bytesText(total)}  ${share} %`;
};

const silent: ProgressLine = { show: () => undefined, clear: () => undefined };

/** Nothing for the first second and nothing where no terminal is: a quick job leaves no trace. */
export const createProgress = (
  stream: Stream,
  enabled: boolean,
  { delayMs, everyMs, now }: Timing = usual,
): ProgressLine => {
  if (!enabled || stream.isTTY !== true) return silent;
  let text = '';
  let drawn = '';
  let begun: number | null = null;
  let timer: NodeJS.Timeout | undefined;

  const draw = () => {
    if (begun === null || now() - begun < delayMs || text === drawn) return;
    drawn = text;
    stream.write(`\r\x1b[K${text.slice(0, Math.max(1, (stream.columns || 80) - 1))}`);
  };
  return {
    show: state => {
      text = progressText(state);
      begun ??= now();
      timer ??= setInterval(draw, everyMs).unref();
    },
    clear: () => {
      clearInterval(timer);
      timer = undefined;
      begun = null;
      if (drawn !== '') stream.write('\r\x1b[K');
      drawn = '';
    },
  };
};
