import { bounds } from './bounds.ts';

const npmName = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i;
const longestName = 214;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unprintable = /[\u0000-\u001f\u007f\ud800-\udfff]/u;

/** A name that npm takes or once took; `__proto__` and the like are none. */
export const isPackageName = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= longestName && npmName.test(value);

/** One word of printable ASCII, semver or not: what the manifest says is what is compared. */
export const isVersion = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= bounds.version && /^[!-~]+$/.test(value);

/** SHA-512 as npm writes it. */
export const isIntegrity = (value: unknown): value is string =>
  typeof value === 'string' && /^sha512-[A-Za-z0-9+/]{86}==$/.test(value);

/** A text that is safe to print and to keep: bounded, no control characters, no halves of characters. */
export const isPlainText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= bounds.text && !unprintable.test(value);

/** A path that stays below the locked folder: forward slashes, no `..`; `.` is the folder itself. */
export const isPlace = (value: unknown): value is string =>
  isPlainText(value) &&
  (value === '.' ||
    (!/[\\:]/.test(value) && value.split('/').every(part => !['', '.', '..'].includes(part))));
