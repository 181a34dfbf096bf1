const defaultLimit = 64 * 1024;

/** The last bytes of a stream, bounded whatever a child prints. */
export type OutputTail = { push(chunk: Buffer): void; text(): string };

/** A UTF-8 character may have been cut in two at the beginning: its rest is left out. */
const wholeCharacters = (bytes: Buffer): Buffer => {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
};

/** Keeps the last `limit` bytes (64 KiB) of what is pushed. */
export const createOutputTail = (limit: number = defaultLimit): OutputTail => {
  let chunks: Buffer[] = [];
  let kept = 0;

  const join = (): Buffer => {
    const joined = Buffer.concat(chunks);
    const last = joined.length > limit ? wholeCharacters(joined.subarray(joined.length - limit)) : joined;
    chunks = [last];
    kept = last.length;
    return last;
  };

  return {
    push: chunk => {
      chunks.push(chunk);
      kept += chunk.length;
      // Joining at twice the limit copies each byte about once, however small the chunks are.
      if (kept > 2 * limit) join();
    },
    text: () => join().toString('utf8'),
  };
};

/** The last `count` lines that are not blank, at most `limit` characters of them: enough to tell a reason. */
export const lastLines = (text: string, count = 20, limit = 4096): string =>
  text
    .split(/\r?\n/)
    .map(line => line.trimEnd())
    .filter(line => line !== '')
    .slice(-count)
    .join('\n')
    .slice(-limit);
