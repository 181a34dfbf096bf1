/** Bytes of files as numbers: equal bytes have the same number, so that states compare quickly. */
const numbers = new Map<string, number>();
const bytes: Buffer[] = [];

export const numberOf = (content: Buffer): number => {
  const key = content.toString('latin1');
  const known = numbers.get(key);
  if (known !== undefined) return known;
  const number = bytes.push(Buffer.from(content)) - 1;
  numbers.set(key, number);
  return number;
};

export const bytesOf = (number: number): Buffer => {
  const content = bytes[number];
  if (content === undefined) throw new RangeError(`no content has the number ${number}`);
  return content;
};

export const empty = numberOf(Buffer.alloc(0));

/** What a cut may leave of bytes that were not flushed, beside all of them: nothing, a part, zeros of the same length. */
export const tornForms = (number: number): number[] => {
  const content = bytesOf(number);
  const half = content.subarray(0, content.length >> 1);
  return [empty, numberOf(half), numberOf(Buffer.alloc(content.length))];
};
