import fc from 'fast-check';

/** JSON that need not be sound: objects may name a key twice, a leaf is any text. */
export type Loose =
  | { readonly raw: string }
  | { readonly items: Loose[] }
  | { readonly entries: [key: string, value: Loose][] };

export const loosen = (value: unknown): Loose => {
  if (Array.isArray(value)) return { items: value.map(loosen) };
  if (typeof value === 'object' && value !== null) {
    return { entries: Object.entries(value).map(([key, inner]) => [key, loosen(inner)]) };
  }
  return { raw: JSON.stringify(value) };
};

export const render = (value: Loose): string => {
  if ('raw' in value) return value.raw;
  if ('items' in value) return `[${value.items.map(render).join(',')}]`;
  return `{${value.entries.map(([key, inner]) => `${JSON.stringify(key)}:${render(inner)}`).join(',')}}`;
};

/** One change at one place: `at` counts the places of the document as it is then, round and round. */
export type Mutation = {
  readonly at: number;
  readonly how: 'drop' | 'replace' | 'rename' | 'double' | 'insert' | 'wrap';
  readonly key: string;
  readonly text: string;
};

type Place = { readonly parent: Exclude<Loose, { raw: string }>; readonly index: number };

const places = (value: Loose): Place[] => {
  if ('raw' in value) return [];
  const inner = 'items' in value ? value.items : value.entries.map(([, one]) => one);
  return inner.flatMap((one, index) => [{ parent: value, index }, ...places(one)]);
};

const changeItem = (items: Loose[], index: number, { how, text }: Mutation): void => {
  const old = items[index] ?? { raw: text };
  if (how === 'drop') items.splice(index, 1);
  else if (how === 'insert' || how === 'double') items.splice(index, 0, { raw: text });
  else items[index] = how === 'wrap' ? { items: [old] } : { raw: text };
};

const changeEntry = (entries: [string, Loose][], index: number, { how, key, text }: Mutation): void => {
  const [name, old] = entries[index] ?? [key, { raw: text }];
  if (how === 'drop') entries.splice(index, 1);
  else if (how === 'insert') entries.push([key, { raw: text }]);
  else if (how === 'double') entries.splice(index + 1, 0, [name, { raw: text }]);
  else if (how === 'rename') entries[index] = [key, old];
  else entries[index] = [name, how === 'wrap' ? { items: [old] } : { raw: text }];
};

const apply = (document: Loose, mutation: Mutation): void => {
  const all = places(document);
  const place = all[mutation.at % Math.max(all.length, 1)];
  if (place === undefined) return;
  if ('items' in place.parent) changeItem(place.parent.items, place.index, mutation);
  else changeEntry(place.parent.entries, place.index, mutation);
};

/** The text of a document after all changes. */
export const mutated = (value: unknown, mutations: readonly Mutation[]): string => {
  const document = loosen(value);
  for (const mutation of mutations) apply(document, mutation);
  return render(document);
};

const keys = [
  ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'length', ''],
  ['name', 'version', 'dist', 'dist-tags', 'versions', 'latest', '1.2.0', '9.9.9', 'time', '_id', 'error'],
  [
    'engines',
    'os',
    'cpu',
    'libc',
    'bin',
    'scripts',
    'funding',
    'directories',
    'man',
    'deprecated',
    'tarball',
    'my-app',
  ],
  ['integrity', 'unpackedSize', 'signatures', 'bundleDependencies', 'dependencies', 'stagedVersions'],
  ['policyRestrictions', 'optionalDependencies', 'node', '_resolved', '_integrity', '_contentLength'],
].flat();

const versions = [
  ['1.2', 'v1.2.0', '01.2.0', '1.2.0 ', '../../x', 'latest', '9999999999999999.0.0', '1.3.0', '1.2.0+build'],
  ['1.2.0-a.partial', `1.2.0-${'a'.repeat(240)}`, '1.2.0-\u0000', '=1.2.0', '^1.2.0', '*', '1.1.0', '0.0.1'],
].flat();

/** None of them is a place beyond loopback. */
const urls = (registry: string): string[] => [
  ...[
    'file:///etc/passwd',
    'data:application/gzip;base64,AAAA',
    'git+ssh://127.0.0.1:1/a',
    'ssh://127.0.0.1:1/a',
  ],
  ...[
    '/x.tgz',
    'x.tgz',
    '//127.0.0.1:1/x.tgz',
    'http://127.0.0.1:1/x.tgz',
    'https://127.0.0.1:1/x.tgz',
    'http://[',
  ],
  ...[
    'http://user:password@127.0.0.1:1/x.tgz',
    'javascript:0',
    '\\\\127.0.0.1\\x.tgz',
    'blob:http://127.0.0.1:1/x',
  ],
  `${registry}//127.0.0.1:1/x.tgz`,
  `${registry}/../../etc/passwd`,
  `${registry}/app-runtime`,
  registry.replace('//', '//user:password@').concat('/x.tgz'),
  'https://registry.npmjs.org//127.0.0.1:1/x.tgz',
  'https://registry.npmjs.org/x.tgz',
];

const oddTexts = [
  '',
  '\u0000',
  '\u001b[31m',
  '\ud800',
  '\u202eabc',
  'x'.repeat(20_000),
  '\u{1f600}',
  'a\nb',
  '!linux',
  '>=2 <9',
];

const leaves = [
  [
    'null',
    'true',
    'false',
    '0',
    '-0',
    '-1',
    '1e308',
    '1e999',
    '-1e999',
    '0.1',
    '9007199254740993',
    '[]',
    '{}',
  ],
  ['[[]]', '{"":{}}', '{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'],
  ['[null,1,"a",{}]', '[{"keyid":1}]', '[{"keyid":"SHA256:x","sig":"y"}]', '["!linux","linux"]'],
  [
    `${'['.repeat(3000)}${']'.repeat(3000)}`,
    `${'{"a":'.repeat(3000)}0${'}'.repeat(3000)}`,
    '{',
    '',
    'NaN',
    '"',
  ],
].flat();

/** Lists of changes; short ones often, so that most of the document stays what it was. */
export const mutations = (registry: string): fc.Arbitrary<Mutation[]> => {
  const texts = [...versions, ...urls(registry), ...oddTexts].map(text => JSON.stringify(text));
  const text = fc.oneof(
    fc.constantFrom(...texts),
    fc.constantFrom(...leaves),
    fc.jsonValue({ maxDepth: 3 }).map(value => JSON.stringify(value)),
  );
  const mutation = fc.record({
    at: fc.nat({ max: 500 }),
    how: fc.constantFrom<Mutation['how']>('drop', 'replace', 'replace', 'rename', 'double', 'insert', 'wrap'),
    key: fc.constantFrom(...keys, ...versions),
    text,
  });
  return fc.oneof(fc.array(mutation, { minLength: 1, maxLength: 2 }), fc.array(mutation, { maxLength: 8 }));
};
