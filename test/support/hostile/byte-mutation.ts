import fc from 'fast-check';

/** One change of bytes; `at` is a share of the length. */
export type ByteChange = {
  readonly at: number;
  readonly how: 'flip' | 'set' | 'insert' | 'delete' | 'repeat' | 'cut';
  readonly value: number;
  readonly length: number;
};

const change = (bytes: Buffer, { at, how, value, length }: ByteChange): Buffer => {
  const place = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (how) {
    case 'flip':
      return Buffer.concat([
        before,
        after.subarray(0, 1).map(byte => byte ^ (1 << (value % 8))),
        after.subarray(1),
      ]);
    case 'set':
      return Buffer.concat([
        before,
        Buffer.alloc(Math.min(length, after.length), value),
        after.subarray(length),
      ]);
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(length, value), after]);
    case 'delete':
      return Buffer.concat([before, after.subarray(length)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 'cut':
      return before;
  }
};

export const changed = (bytes: Buffer, changes: readonly ByteChange[]): Buffer =>
  changes.reduce((now, one) => change(now, one), bytes);

/** Every place as likely as any other: arbitrary doubles lie mostly next to 0, where only the first byte would be met. */
const places = 2 ** 20;
const place = fc.nat({ max: places - 1 }).map(at => at / places);

export const byteChanges: fc.Arbitrary<ByteChange[]> = fc.array(
  fc.record({
    at: place,
    how: fc.constantFrom<ByteChange['how']>('flip', 'flip', 'set', 'insert', 'delete', 'repeat', 'cut'),
    value: fc.nat({ max: 255 }),
    length: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(512, 1024)),
  }),
  { minLength: 1, maxLength: 3 },
);

/** A change of one header block of a tar archive, after which its checksum fits again. */
export type HeaderChange = {
  readonly block: number;
  readonly offset: number;
  readonly bytes: readonly number[];
};

const blockBytes = 512;
const checksumAt = 148;

export const withHeaders = (tar: Buffer, changes: readonly HeaderChange[]): Buffer => {
  const copy = Buffer.from(tar);
  for (const { block, offset, bytes } of changes) {
    const start = (block % (copy.length / blockBytes)) * blockBytes;
    const header = copy.subarray(start, start + blockBytes);
    header.set(bytes.slice(0, blockBytes - offset), offset);
    header.fill(' ', checksumAt, checksumAt + 8);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, checksumAt, 'latin1');
  }
  return copy;
};

/** The fields of a header: name, mode, ids, size, time, type, target of a link, magic, devices, prefix. */
const fields = [0, 7, 8, 20, 100, 108, 116, 124, 134, 136, 156, 157, 257, 263, 329, 337, 345];

export const headerChanges: fc.Arbitrary<HeaderChange[]> = fc.array(
  fc.record({
    block: fc.nat({ max: 60 }),
    offset: fc.oneof(fc.constantFrom(...fields), fc.nat({ max: 511 })),
    bytes: fc.oneof(
      fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 4 }),
      fc
        .constantFrom(
          '../',
          '/',
          'package/',
          '0',
          '1',
          '2',
          '5',
          'g',
          'x',
          'L',
          'K',
          'S',
          '7',
          '\0',
          '\x80',
          '\xff',
          '777',
        )
        .map(text => [...Buffer.from(text, 'latin1')]),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);
