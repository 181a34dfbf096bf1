import type { Failure } from '../../machines/failure.ts';
import { type Stream, type Style, styleFor } from './style.ts';

/** An answer in both of its forms. `data` bears the `outcome`. */
export type Answer = {
  readonly data: { readonly outcome: string } & Readonly<Record<string, unknown>>;
  readonly text: (style: Style) => string;
};

/** A failure, or wrong usage (`USAGE`), as it is told to the caller. */
export type Problem = Pick<Failure, 'blame' | 'message' | 'hint'> & { readonly code: string };

/** The two streams of the command line and the one rule about them: with `--json`, nothing but JSON on standard output. */
export type Output = {
  readonly json: boolean;
  readonly stdout: Stream;
  readonly stderr: Stream;
  answer(answer: Answer): void;
  /** One JSON line on standard output; nothing in text mode. */
  event(line: Readonly<Record<string, unknown>>): void;
  /** A short remark for people, on standard error in text mode; nothing with `--json`. */
  note(text: string): void;
  problem(problem: Problem): void;
};

type OutputOptions = {
  readonly json: boolean;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
};

const problemText = ({ code, message, hint }: Problem, style: Style): string => {
  const name = code === 'USAGE' ? '' : `${style.bad(code)}: `;
  return `stagedoor: ${name}${message}\n${hint === '' ? '' : `${style.faint(hint)}\n`}`;
};

export const createOutput = ({ json, stdout, stderr, env }: OutputOptions): Output => {
  const line = (value: unknown): void => {
    stdout.write(`${JSON.stringify(value)}\n`);
  };
  return {
    json,
    stdout,
    stderr,
    answer: ({ data, text }) => {
      if (json) line(data);
      else stdout.write(`${text(styleFor(stdout, env))}\n`);
    },
    event: value => {
      if (json) line(value);
    },
    note: text => {
      if (!json) stderr.write(`stagedoor: ${text}\n`);
    },
    problem: problem => {
      const { code, blame, hint } = problem;
      const message = problem.message.replace(/\s*\n\s*/g, ' ').trim();
      if (json) line({ error: { code, blame, message, hint } });
      else stderr.write(problemText({ ...problem, message }, styleFor(stderr, env)));
    },
  };
};
