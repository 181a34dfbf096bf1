/** What the text of a file says of its imports. */

/** Of a bounded length, as a text may be one word. */
const word = '[^\\s"\'{*(),;.=<>]{1,100}';
const statement = `["'{*]|/[*/]|${word}\\s*(?:,|from\\b|/[*/]|\\s${word}\\s+from\\b)`;
const importing = new RegExp(`\\bimport\\s*(?:${statement})`);
const importingOrCalling = new RegExp(`\\bimport\\s*(?:\\(|${statement})`);
const exporting = ['export *', 'export {', 'export*', 'export{'];

type Looks = (text: string) => boolean;

/**
 * All of a runtime comes by: texts are sought before patterns, and from a letter on that is rare, which is what V8 looks
 * for first.
 */
const looks =
  (pattern: RegExp): Looks =>
  text =>
    (text.includes('mport') && pattern.test(text)) ||
    ((text.includes('xport ') || text.includes('xport{') || text.includes('xport*')) &&
      exporting.some(start => text.includes(start)));

/** Whether a file that says nowhere which kind it is may be an ES module with imports. */
export const mayBeModule: Looks = looks(importing);
/** The same for a text that may have been written to hide it: without these words there is no import. */
export const mayHaveImports: Looks = text =>
  text.includes('import') || (text.includes('export') && text.includes('from'));
/** Whether a file imports anything in any way. */
export const mayImport: Looks = looks(importingOrCalling);
