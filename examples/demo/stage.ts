import type { StagedoorEvents } from 'stagedoor';
import { createOpenLine, type Out } from './open-line.ts';
import { paintsFor } from './paint.ts';
import { movingText, type Progress, progressText } from './progress-text.ts';

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
const branch = (name: string): string => `   ├ ${name.padEnd(chartWidth)}  `;
const stem = `   │ ${' '.repeat(chartWidth)}  `;

/** Regions of a parallel state that were not there before; the rest has been told. */
const news = (before: string, now: string): string => {
  const known = before.split(' ');
  const entered = now.split(' ').filter(region => !known.includes(region));
  return entered.join(' + ');
};

/** A calm story on a terminal; the same without colours and without moving parts elsewhere. */
export const createStage = (out: Out): Stage => {
  const isTerminal = out.isTTY === true;
  const paints = paintsFor(isTerminal);
  const line = createOpenLine(out, paints.faint);
  const last = new Map<string, string>();
  let acts = 0;
  let pending: Progress | null = null;
  /** Elsewhere each phase is told once, when the next one begins or something else happens. */
  const tellPhase = (): void => {
    if (pending !== null) line.print(`${stem}${progressText(pending)}`);
    pending = null;
  };
  const print = (text: string): void => {
    tellPhase();
    line.print(text);
  };
  return {
    title: (name, subtitle) => print(`\n${paints.strong(name)}  ${paints.faint(subtitle)}`),
    act: heading => {
      acts += 1;
      print(`\n${paints.heading(`${acts}  ${heading}`)}`);
    },
    state: ({ chart, state }) => {
      tellPhase();
      const entered = news(last.get(chart) ?? '', state);
      last.set(chart, state);
      if (entered !== '') line.add(chart, branch(chart), ' › ', entered);
    },
    progress: step => {
      if (step.bytes === 0) return;
      if (isTerminal) return line.rewrite(`progress of ${step.phase}`, `${stem}${movingText(step)}`);
      if (pending !== null && pending.phase !== step.phase) tellPhase();
      pending = step;
    },
    user: text => print(`   ${paints.good('▸')} ${paints.strong(text)}`),
    because: text => print(`     ${text}`),
    end: text => print(`\n${paints.good('✓')} ${text}\n`),
  };
};
