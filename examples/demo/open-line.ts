export type Out = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): boolean };

/** A line that grows until somebody else wants to write. */
export type OpenLine = {
  /** A whole line; what was open is ended first. */
  print(text: string): void;
  /** Adds to the line that this owner has open if there is room, else begins one. */
  add(owner: string, beginning: string, separator: string, piece: string): void;
  /** Rewrites the line that this owner has open: only for a terminal. */
  rewrite(owner: string, text: string): void;
};

const widest = 110;
const narrowest = 60;

/** `paint` is for what is added: it is given plain text, so that the width is known. */
export const createOpenLine = (out: Out, paint: (text: string) => string): OpenLine => {
  let owner: string | null = null;
  let width = 0;
  // Some pseudo-terminals say 0.
  const columns = out.columns ?? widest;
  const limit = columns < narrowest ? widest : Math.min(widest, columns);
  const end = (): void => {
    if (owner !== null) out.write('\n');
    owner = null;
  };
  return {
    print: text => {
      end();
      out.write(`${text}\n`);
    },
    add: (by, beginning, separator, piece) => {
      const fits = owner === by && width + separator.length + piece.length <= limit;
      const text = fits ? separator + piece : beginning + piece;
      if (!fits) end();
      out.write(paint(text));
      width = fits ? width + text.length : text.length;
      owner = by;
    },
    rewrite: (by, text) => {
      if (owner !== by) end();
      out.write(`${owner === by ? '\r\u001b[K' : ''}${paint(text)}`);
      owner = by;
    },
  };
};
