import type { StagedoorEvents } from 'stagedoor';
import { type Paints, paintsFor } from './paint.ts';

type Out = { readonly isTTY?: boolean; write(text: string): boolean };
type Progress = StagedoorEvents['update:progress'];
type ChartState = StagedoorEvents['chart:state'];

/** Where the story is told: acts, the states of the charts as they are entered, and what the user sees. */
export type Stage = {
  title(name: string, subtitle: string): void;
  act(heading: string): void;
  state(entered: ChartState): void;
  progress(step: Progress): void;
  /** What the user sees. */
  user(text: string): void;
  /** Why it is so. */
  because(text: string): void;
  end(text: string): void;
};

const chartWidth = 'supervisor'.length;
const bar = (share: number): string => '━'.repeat(Math.round(share * 16)).padEnd(16, '╌');

const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const amount = ({ phase, bytes, total }: Progress): string => {
  if (phase === 'flushing') return `${bytes}${total === null ? '' : ` of ${total}`} files`;
  return total === null ? size(bytes) : `${size(bytes)} of ${size(total)}`;
};

/** Regions of a parallel state that were not there before; the rest has been told. */
const entered = (before: string, now: string): string => {
  const known = before.split(' ');
  return now
    .split(' ')
    .filter(region => !known.includes(region))
    .join('  ');
};

/** The running line of progress: rewritten in place on a terminal, one line a phase elsewhere. */
const createProgressLine = (out: Out, paints: Paints) => {
  let last: Progress | null = null;
  const text = (step: Progress): string => {
    const share = step.total === null || step.total === 0 ? 1 : Math.min(1, step.bytes / step.total);
    const moving = out.isTTY === true ? `${bar(share)}  ` : '';
    return paints.faint(`   │ ${' '.repeat(chartWidth)}  ${moving}${step.phase} ${amount(step)}`);
  };
  const settle = (): void => {
    if (last === null) return;
    out.write(out.isTTY === true ? '\n' : `${text(last)}\n`);
    last = null;
  };
  return {
    settle,
    show: (step: Progress): void => {
      if (last !== null && last.phase !== step.phase) settle();
      last = step;
      if (out.isTTY === true) out.write(`\r\u001b[K${text(step)}`);
    },
  };
};

/** A calm story on a terminal; the same without colours and without moving parts elsewhere. */
export const createStage = (out: Out): Stage => {
  const paints = paintsFor(out.isTTY === true);
  const line = createProgressLine(out, paints);
  const last = new Map<string, string>();
  let acts = 0;
  const print = (text: string): void => {
    line.settle();
    out.write(`${text}\n`);
  };
  return {
    title: (name, subtitle) => print(`\n${paints.strong(name)}  ${paints.faint(subtitle)}`),
    act: heading => {
      acts += 1;
      print(`\n${paints.heading(`${acts}  ${heading}`)}`);
    },
    state: ({ chart, state }) => {
      const news = entered(last.get(chart) ?? '', state);
      last.set(chart, state);
      if (news !== '') print(paints.faint(`   ├ ${chart.padEnd(chartWidth)}  ${news}`));
    },
    progress: line.show,
    user: text => print(`   ${paints.good('▸')} ${paints.strong(text)}`),
    because: text => print(`     ${text}`),
    end: text => print(`\n${paints.good('✓')} ${text}\n`),
  };
};
