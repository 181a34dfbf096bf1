import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { uiText } from '#src/electron/ui-text.js';
import { withoutPlaces } from '#src/store/place.js';
import { ran, seed, share } from '../../support/proof/run.ts';

/** Words that no message has: whatever is left of a folder is seen. */
const word = fc.stringMatching(/^Q[a-z]{2,5}[XYZ]$/);
const folder = fc
  .tuple(
    fc.array(word, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(' ', '  ', '-', ', ', "'", ' (', '.'),
  )
  .map(([words, between]) => words.join(between));
const folders = fc.array(folder, { minLength: 1, maxLength: 5 });

type App = { readonly resources: string; readonly store: string; readonly executable: string };

const posix = fc
  .tuple(fc.constantFrom('/media', '/Volumes', '/opt', '', '/a b'), folders)
  .map(([root, names]): App => {
    const dir = [root, ...names].join('/');
    return { resources: `${dir}/resources`, store: `${dir}/data/runtime-store`, executable: `${dir}/app` };
  });
const windows = fc.tuple(fc.constantFrom('C:', 'd:', '\\\\server'), folders).map(([root, names]): App => {
  const dir = [root, ...names].join('\\');
  return {
    resources: `${dir}\\resources`,
    store: `${dir}\\data\\runtime-store`,
    executable: `${dir}\\app.exe`,
  };
});

type Spelling = (place: string, app: App) => string;
const spellings: Readonly<Record<string, Spelling>> = {
  'as it is': place => place,
  slashed: place => place.replaceAll('\\', '/'),
  'in quotes': place => JSON.stringify(place),
  'in another case': place => place.toUpperCase(),
  'as an address': place => (place.startsWith('/') ? pathToFileURL(place).href : place),
  'as it was stored': (place, { store }) => withoutPlaces(place, store),
};

const messages: readonly ((place: string) => string)[] = [
  place => `could not start ${place} (ENOENT)`,
  place => `no entry in the bundled folder ${place}`,
  place =>
    `ended with code 1 before it was ready: Error: Cannot find module '${place}/node_modules/x/index.js'`,
  place => `    at start (${place}/cli.js:11:7)`,
  place => `${place}\\cli.js:3 and ${place}/behaviours.js:137\n\nError: a fault`,
  place => `${'a long way to the place '.repeat(9)}${place}`,
  place => `in the middle of many: ${`${place}, `.repeat(200)}`,
];

test('P-38: no part of the app’s own folders is left in a text, whatever they are called and however they are written', ({
  task,
}) => {
  const cases = share(2_000, 50_000);
  fc.assert(
    fc.property(
      fc.oneof(posix, windows),
      fc.constantFrom<keyof App>('resources', 'store', 'executable'),
      fc.constantFrom(...Object.keys(spellings)),
      fc.constantFrom(...messages),
      (app, which, spelling, message) => {
        const textOf = uiText([undefined, '/', ...Object.values(app)], app.store);
        const text = textOf(message(spellings[spelling]?.(app[which], app) ?? ''));
        expect(text).not.toMatch(/Q[a-z]{2,5}[XYZ]/i);
        expect(text.length).toBeLessThanOrEqual(300);
      },
    ),
    { numRuns: cases, seed },
  );
  ran({ task }, cases, 'folders');
});

test.each([
  [
    '/media/John Smith/My Disk/x',
    'could not read /media/John Smith/My Disk/x/a.json (EACCES)',
    'could not read …/a.json (EACCES)',
  ],
  [
    'C:\\Program Files\\My App\\resources\\runtime',
    'no entry in "C:\\\\Program Files\\\\My App\\\\resources\\\\runtime"',
    'no entry in "…"',
  ],
  [
    'C:\\Program Files\\My App\\resources\\runtime',
    "import 'c:/Program Files/My App/resources/runtime/cli.js'",
    "import '…/cli.js'",
  ],
  ['/opt/app (1)+[x]', 'could not start /opt/app (1)+[x]/app', 'could not start …/app'],
])('P-38: of %s nothing but what is inside is said', (place, text, expected) => {
  expect(uiText([place], path.join('/elsewhere', 'store'))(text)).toBe(expected);
});

test('P-38: a text keeps what names no place, and loses credentials', () => {
  const textOf = uiText([], '/elsewhere/store');
  expect(textOf('1.1.0 ended with code 1 and/or 2')).toBe('1.1.0 ended with code 1 and/or 2');
  expect(textOf('http://user:secret@127.0.0.1/ says no')).toBe('http://127.0.0.1/ says no');
});
