/** What proves that a runtime is up. */
export type ProbeSpec =
  | { readonly kind: 'ipc' }
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'stdout'; readonly pattern: string }
  | { readonly kind: 'alive'; readonly ms: number };

const mistake = (text: string, why: string): TypeError =>
  new TypeError(
    `probe ${JSON.stringify(text)} ${why}: expected ipc, http://…, tcp:PORT, stdout:REGEX or alive:MS`,
  );

const longestTimer = 2 ** 31 - 1;

const numberIn = (text: string, digits: string, most: number, what: string): number => {
  const value = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (value >= 1 && value <= most) return value;
  throw mistake(text, `needs ${what} from 1 to ${most}`);
};

const httpSpec = (text: string): ProbeSpec => {
  if (!URL.canParse(text)) throw mistake(text, 'is no URL');
  return { kind: 'http', url: new URL(text).href };
};

const stdoutSpec = (text: string, pattern: string): ProbeSpec => {
  if (pattern === '') throw mistake(text, 'needs a regular expression');
  try {
    new RegExp(pattern, 'm');
  } catch (error) {
    throw mistake(
      text,
      `is no regular expression (${error instanceof Error ? error.message : 'unreadable'})`,
    );
  }
  return { kind: 'stdout', pattern };
};

/** Reads `ipc`, `http://…`, `https://…`, `tcp:PORT`, `stdout:REGEX` or `alive:MS`; else a `TypeError` that quotes it. */
export const parseProbe = (text: string): ProbeSpec => {
  if (text === 'ipc') return { kind: 'ipc' };
  if (/^https?:\/\//i.test(text)) return httpSpec(text);
  const [, kind, rest = ''] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  if (kind === 'tcp') return { kind, port: numberIn(text, rest, 65_535, 'a port') };
  if (kind === 'alive') return { kind, ms: numberIn(text, rest, longestTimer, 'milliseconds') };
  if (kind === 'stdout') return stdoutSpec(text, rest);
  throw mistake(text, 'is unknown');
};
