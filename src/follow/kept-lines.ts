/** The last lines of something that goes on, each with a number of its own, from 1. */
export type KeptLines = {
  readonly add: (line: string) => number;
  /** The line with this number or, where that is gone, the oldest one; undefined: not there yet. */
  readonly at: (place: number) => { readonly place: number; readonly line: string } | undefined;
};

/** Keeps at most so many characters; the oldest lines go first. */
export const keepLines = (maxLength: number): KeptLines => {
  const lines: string[] = [];
  let first = 1;
  let length = 0;
  return {
    add: line => {
      lines.push(line);
      length += line.length;
      while (length > maxLength && lines.length > 1) {
        length -= lines.shift()?.length ?? 0;
        first += 1;
      }
      return first + lines.length - 1;
    },
    at: wanted => {
      const place = Math.max(wanted, first);
      const line = lines[place - first];
      return line === undefined ? undefined : { place, line };
    },
  };
};
