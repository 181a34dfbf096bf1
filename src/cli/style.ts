import colours from 'yoctocolors';

type Paint = (text: string) => string;

/** The few colours in use, by meaning. */
export type Style = {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly warning: Paint;
  readonly bad: Paint;
};

const plain: Paint = text => text;
export const plainStyle: Style = { strong: plain, faint: plain, good: plain, warning: plain, bad: plain };
const colourful: Style = {
  strong: colours.bold,
  faint: colours.dim,
  good: colours.green,
  warning: colours.yellow,
  bad: colours.red,
};

/** What is asked of a stream before it is coloured or rewritten. */
export type Stream = {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string | Uint8Array): boolean;
};

/** Colours only for people who can see them: a terminal, and no NO_COLOR. */
export const styleFor = (stream: Stream, env: Readonly<Record<string, string | undefined>>): Style =>
  stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb' ? colourful : plainStyle;
