import fc from 'fast-check';
import { type Damage, damage, type Mutation, mutation } from '../fuzz/mutation.ts';

/** Where links lead. `outside` is a folder beside the store that must never change. */
export const linkTargets = [
  'itself',
  'each-other',
  'nowhere',
  'outside',
  'outside-file',
  'device',
  'up',
  'good',
] as const;

/** What takes the place of something in a store. */
export type Filling =
  | { readonly kind: 'nothing' | 'empty' | 'fifo' | 'socket' | 'device' | 'forbidden' | 'odd-names' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'damaged'; readonly damages: readonly Damage[] }
  | { readonly kind: 'mutated'; readonly mutations: readonly Mutation[] }
  | { readonly kind: 'folder'; readonly names: readonly string[] }
  | { readonly kind: 'crowd'; readonly count: number }
  | { readonly kind: 'sparse'; readonly gigabytes: number }
  | { readonly kind: 'link'; readonly to: (typeof linkTargets)[number] };

/** One thing that has happened to a store. */
export type Mishap = { readonly place: string; readonly filling: Filling };

/** A good store (1.1.0 trusted, 1.2.0 pointed to, 1.0.0 bundled) to which things have happened. */
export type StoreShape = {
  readonly root: 'folder' | 'missing' | 'file' | 'link' | 'loop';
  readonly mishaps: readonly Mishap[];
};

const id = '0abcdefgh-0123456789';
const dead = '4194303-1-0';

/** Everything that a store holds, by its place below the root. */
export const places = [
  'current.json',
  'bad-versions.json',
  'health.json',
  'pin.json',
  'journal.jsonl',
  'journal.1.jsonl',
  'attempts',
  `attempts/${id}.json`,
  'leases',
  'leases/0123456789abcdef.json',
  'versions',
  'versions/1.1.0',
  'versions/1.2.0',
  'versions/1.2.0/.stagedoor-tree.json',
  'versions/1.2.0/package.json',
  'versions/1.2.0/cli.js',
  'versions/1.2.0/data',
  'versions/1.2.0/data/text.txt',
  'versions/1.2.0/node_modules',
  'versions/1.2.0/node_modules/native/addon.node',
  'versions/1.1.0/.stagedoor-tree.json',
  'versions/1.1.0/package.json',
  'versions/1.3.0',
  'versions/1.3.0.partial',
  `versions/1.3.0.partial/${dead}-0123456789ab`,
  'trash',
  'trash/0123456789abcdef',
  'cache',
  `.current.json.${dead}-0123456789ab.tmp`,
] as const;

const oddNames = fc.constantFrom(
  'a\nb',
  'ü',
  '😀',
  ' ',
  '%2e%2e',
  '#',
  '1.2.0',
  '..json',
  '-rf',
  'x'.repeat(255),
  '.json',
);

const filling: fc.Arbitrary<Filling> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('mutated' as const),
      mutations: fc.array(mutation, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('damaged' as const),
      damages: fc.array(damage, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('link' as const), to: fc.constantFrom(...linkTargets) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'nothing' as const,
        'empty' as const,
        'fifo' as const,
        'socket' as const,
        'device' as const,
        'forbidden' as const,
        'odd-names' as const,
      ),
    }),
  },
  fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 64 }) }),
  fc.record({ kind: fc.constant('folder' as const), names: fc.array(oddNames, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('sparse' as const), gigabytes: fc.constantFrom(1, 10) }),
);

/** Thousands of entries cost thousands of operations: seldom. */
const crowd: fc.Arbitrary<Filling> = fc.record({
  kind: fc.constant('crowd' as const),
  count: fc.constantFrom(300, 2000),
});

const mishap: fc.Arbitrary<Mishap> = fc.record({
  place: fc.constantFrom(...places),
  filling: fc.oneof({ weight: 200, arbitrary: filling }, { weight: 1, arbitrary: crowd }),
});

export const storeShape: fc.Arbitrary<StoreShape> = fc.record({
  root: fc.oneof(
    { weight: 30, arbitrary: fc.constant('folder' as const) },
    { weight: 3, arbitrary: fc.constant('link' as const) },
    fc.constantFrom('missing' as const, 'file' as const, 'loop' as const),
  ),
  mishaps: fc.array(mishap, { minLength: 1, maxLength: 6 }),
});

const led = (place: string, to: (typeof linkTargets)[number]): StoreShape => ({
  root: 'folder',
  mishaps: [{ place, filling: { kind: 'link', to } }],
});

/** Links that would lead a careless start, sweep, collection or update out of the store: tried in every run. */
export const traps: readonly StoreShape[] = [
  ...[
    'attempts',
    'leases',
    'versions',
    'versions/1.1.0',
    'versions/1.2.0',
    'versions/1.3.0.partial',
    'trash',
    'cache',
  ].map(place => led(place, 'outside')),
  ...['current.json', 'journal.jsonl', 'bad-versions.json', 'health.json'].map(place =>
    led(place, 'outside-file'),
  ),
  { root: 'link', mishaps: [] },
];
