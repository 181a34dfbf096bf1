/** A header's name has no blanks in it; another line than that, or an empty one, ends the head (RFC 822, PEP 566). */
const header = /^([!-9;-~]+):(.*)$/s;

type Headers = ReadonlyMap<string, string>;

/** The head of a `METADATA` by lower-cased name, the first of each; folded values in one line. */
const headersOf = (text: string): Headers => {
  const headers: [string, string][] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const last = headers.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) {
      last[1] += line;
      continue;
    }
    const [, name, value] = header.exec(line) ?? [];
    if (name === undefined || value === undefined) break;
    headers.push([name.toLowerCase(), value]);
  }
  return new Map(headers.toReversed());
};

/** What a distribution says that it is; null for what it does not say. */
export const readMetadata = (
  text: string,
): { readonly name: string | null; readonly version: string | null } => {
  const headers = headersOf(text);
  const said = (name: string): string | null => headers.get(name)?.trim() ?? null;
  return { name: said('name'), version: said('version') };
};

/** The first field of each line of a CSV; a quoted one is bounded, so that a file of quotes costs no stack. */
const firstField = /^(?:"((?:[^"]|""){0,4096})"|([^,\r\n]*)).*$/gm;

/** The paths of a `RECORD`, from the folder of the packages on (PEP 376). */
export const recordedPaths = (text: string): readonly string[] =>
  [...text.matchAll(firstField)]
    .map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain)
    .filter(file => file !== '');
