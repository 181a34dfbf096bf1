import { oneLine } from './failure.ts';

const longest = 300;

/** In quotes a path may have blanks. */
const quotedPath = /(['"])(?:[a-z]:)?[\\/][^'"\n]*[\\/]([^'"\\/\n]*)\1/gi;
const plainPath = /(?:[a-z]:)?[\\/](?:[^\s'":\\/]+[\\/])+([^\s'":\\/]*)/gi;

/** One short line of a message: the names alone tell enough, and no place is given away (P-16). */
export const withoutPaths = (text: string): string =>
  oneLine(text.replace(quotedPath, '$1$2$1').replace(plainPath, '$1'), longest);
