import colours from 'yoctocolors';

type Paint = (text: string) => string;

/** The few colours of the demo, by meaning. */
export type Paints = {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly heading: Paint;
  readonly good: Paint;
  readonly bad: Paint;
};

const plain: Paint = text => text;

/** Colours only for people who can see them: a terminal, and no NO_COLOR. */
export const paintsFor = (isTerminal: boolean): Paints => {
  const visible = isTerminal && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
  return visible
    ? {
        strong: colours.bold,
        faint: colours.dim,
        heading: text => colours.bold(colours.cyan(text)),
        good: colours.green,
        bad: colours.red,
      }
    : { strong: plain, faint: plain, heading: plain, good: plain, bad: plain };
};
