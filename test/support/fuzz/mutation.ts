import fc from 'fast-check';

/** What is done to one value inside a JSON document; `at` counts its values, round and round. */
export type Mutation = {
  readonly at: number;
  readonly act: 'replace' | 'remove' | 'repeat' | 'wrap' | 'rename' | 'add';
  readonly value: unknown;
};

/** What is done to the bytes of a file; places are shares of its length. */
export type Damage =
  | { readonly act: 'flip'; readonly at: number; readonly bit: number }
  | { readonly act: 'cut' | 'repeat'; readonly at: number; readonly to: number }
  | { readonly act: 'splice'; readonly at: number; readonly bytes: Uint8Array };

const prototypes: unknown = JSON.parse('{"__proto__":{"version":"9.9.9"},"constructor":1,"toString":null}');

/** Values that a careless reader trips over. */
const wild: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  -1e308,
  2 ** 53,
  '',
  '__proto__',
  'constructor',
  '../../../../etc/passwd',
  '/etc/passwd',
  '1.2.0\n',
  'v1.2.0',
  ' 1.2.0',
  '1.2.0/../1.1.0',
  '9.9.9',
  `9.9.9-${'a'.repeat(5000)}`,
  `9.9.9-${'9'.repeat(200)}`,
  '\0',
  'a-'.repeat(20_000),
  'https://user:password@host.invalid/',
  [],
  {},
  [[[[[[]]]]]],
  prototypes,
];

const wildValue = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...wild) }, fc.jsonValue({ maxDepth: 2 }));

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat({ max: 200 }),
  act: fc.constantFrom('replace', 'replace', 'remove', 'repeat', 'wrap', 'rename', 'add'),
  value: wildValue,
});

const share = fc.nat({ max: 9999 }).map(part => part / 10_000);
export const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ act: fc.constant('flip' as const), at: share, bit: fc.nat({ max: 7 }) }),
  fc.record({ act: fc.constantFrom('cut' as const, 'repeat' as const), at: share, to: share }),
  fc.record({ act: fc.constant('splice' as const), at: share, bytes: fc.uint8Array({ maxLength: 12 }) }),
);

type Holder = { readonly of: Record<string, unknown> | unknown[]; readonly key: string };

const isHolder = (value: unknown): value is Record<string, unknown> | unknown[] =>
  typeof value === 'object' && value !== null;

const holdersIn = (value: unknown): Holder[] =>
  isHolder(value)
    ? Object.entries(value).flatMap(([key, inner]) => [{ of: value, key }, ...holdersIn(inner)])
    : [];

/** As JSON.parse does: a key `__proto__` is a field like any other. */
const put = (of: Holder['of'], key: string, value: unknown): void => {
  Object.defineProperty(of, key, { value, enumerable: true, writable: true, configurable: true });
};

const withoutKey = ({ of, key }: Holder): void => {
  if (Array.isArray(of)) of.splice(Number(key), 1);
  else Reflect.deleteProperty(of, key);
};

/** A copy, in which `__proto__` stays a plain key. */
const copied = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const applyOne = ({ of, key }: Holder, mutation: Mutation): void => {
  const { act } = mutation;
  const [value, old] = [copied(mutation.value), Reflect.get(of, key)] as readonly unknown[];
  if (act === 'replace') put(of, key, value);
  else if (act === 'remove') withoutKey({ of, key });
  else if (act === 'wrap') put(of, key, [old, value]);
  else if (Array.isArray(of)) of.push(act === 'repeat' ? copied(old) : value);
  else if (act === 'rename') {
    withoutKey({ of, key });
    put(of, typeof value === 'string' ? value : `${key}x`, old);
  } else
    put(of, act === 'repeat' ? `${key} ` : typeof value === 'string' ? value.slice(0, 6000) : 'more', old);
};

/** A copy of a JSON document after mutations, as text. */
export const mutated = (document: unknown, mutations: readonly Mutation[]): string => {
  const root: { value: unknown } = { value: copied(document) };
  for (const one of mutations) {
    const holders = holdersIn(root);
    const holder = holders[one.at % holders.length];
    if (holder !== undefined) applyOne(holder, one);
  }
  // A root that was removed leaves an empty file.
  return 'value' in root ? JSON.stringify(root.value) : '';
};

const withDamage = (bytes: Buffer, one: Damage): Buffer => {
  const at = Math.floor(one.at * bytes.length);
  if (one.act === 'splice') return Buffer.concat([bytes.subarray(0, at), one.bytes, bytes.subarray(at)]);
  if (one.act === 'flip') {
    const copy = Buffer.from(bytes);
    if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << one.bit);
    return copy;
  }
  const to = Math.floor(one.to * bytes.length);
  const [from, end] = at < to ? [at, to] : [to, at];
  const [before, piece, after] = [bytes.subarray(0, from), bytes.subarray(from, end), bytes.subarray(end)];
  return one.act === 'cut' ? Buffer.concat([before, after]) : Buffer.concat([before, piece, piece, after]);
};

/** A copy of the bytes after damages. */
export const damaged = (bytes: Buffer, damages: readonly Damage[]): Buffer =>
  damages.reduce(withDamage, bytes);
