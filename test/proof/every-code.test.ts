import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Refusal, RefusalCode } from '#machines/contract.js';
import { blameByCode, type FailureCode } from '#machines/failure.js';
import { explainText } from '#src/cli/explain-text.js';
import { outcomeText } from '#src/cli/outcome-text.js';
import { styleFor } from '#src/cli/style.js';
import { StagedoorError } from '#src/failure.js';
import { createLaunchEffects } from '#src/launching/effects.js';
import { type Explanation, explain } from '#src/launching/explanation.js';
import { launchSetup } from '#src/launching/setup.js';
import { markBad } from '#src/store/bad-versions.js';
import type { FileSystem } from '#src/store/file-system.js';
import { openJournal } from '#src/store/journal.js';
import { writePin } from '#src/store/pin.js';
import {
  type AppWorld,
  bundle,
  fs,
  layOut,
  newShell,
  newWorld,
  packed,
  put,
  stage,
} from '../support/app-world.ts';
import { registryForTest } from '../support/loopback.ts';

const root = path.resolve(import.meta.dirname, '../..');
const codes = Object.keys(blameByCode) as FailureCode[];

const sources = (dir: string, ending: string): { readonly file: string; readonly text: string }[] =>
  readdirSync(path.join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => ({ file: path.join(dir, name), text: readFileSync(path.join(root, dir, name), 'utf8') }));

/** The tables of all codes: naming one there is not giving it. */
const tables = ['machines/failure.ts', 'src/failure.ts'];
const isTable = (file: string): boolean => tables.includes(file.replaceAll('\\', '/'));

/** Codes of the surface that nothing can come to yet. Whoever gives one of them takes it from here and tests it. */
const reserved: readonly FailureCode[] = [];

describe('P-39: every failure code', () => {
  const given = [...sources('src', '.ts'), ...sources('machines', '.ts')].filter(
    ({ file }) => !isTable(file),
  );
  // The little tables of both files give codes, too: what follows an errno, and what nobody expected.
  const byTable: readonly FailureCode[] = ['DISK_FULL', 'DISK_DENIED', 'INTERNAL'];
  const tests = sources('test', '.test.ts').filter(({ file }) => !file.endsWith('every-code.test.ts'));

  for (const code of codes) {
    test(`P-39: ${code} is given somewhere, provoked by a test, and says what to do`, () => {
      const says = ({ text }: { readonly text: string }): boolean => new RegExp(`['"]${code}['"]`).test(text);
      const isReserved = reserved.includes(code);
      expect(given.some(says) || byTable.includes(code), 'given by the sources').toBe(!isReserved);
      if (!isReserved)
        expect(
          tests.filter(says).map(({ file }) => file),
          'tests that name it',
        ).not.toEqual([]);
      const { hint, blame, message } = new StagedoorError(code, 'what happened');
      expect(hint).toMatch(/^(?:[A-Z-]|stagedoor ).{15,}\.$/);
      expect(hint).not.toMatch(/\n/);
      expect([blame, message]).toEqual([blameByCode[code], 'what happened']);
    });
  }

  test('P-39: the table of the README has a row for each code, with what it means and what happens', () => {
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    const section = readme.slice(readme.indexOf('## Error codes'), readme.indexOf('## Limits'));
    const rows = section.split('\n').filter(line => line.startsWith('| `'));
    const told = rows.flatMap(row => {
      const [, names = '', means = '', happens = ''] = row.split('|');
      expect(means.trim().length, row).toBeGreaterThan(10);
      expect(happens.trim().length, row).toBeGreaterThan(5);
      return [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name);
    });
    expect(told).toHaveLength(codes.length);
    expect(new Set(told)).toEqual(new Set(codes));
  });
});

const plain = styleFor({ write: () => true }, {});
const verdict = {
  integrity: null,
  abi: '',
  shellVersion: '',
  cause: 'ROLLED_BACK',
  reason: 'it was left by hand',
} as const;

const condemn = (world: AppWorld, version: string) =>
  markBad(fs, world.layout, { ...verdict, version, weight: 'bad' }, new Date());

const explained = (world: AppWorld): Promise<Explanation> => explain(launchSetup(world.options), null);
const explainedWithoutBundle = (world: AppWorld): Promise<Explanation> =>
  explain(launchSetup({ ...world.options, bundled: undefined }), null);

/** What a resolve refuses, told as `explain` does. */
const resolved = async (
  world: AppWorld,
  exclude: readonly string[],
  through: FileSystem = fs,
): Promise<Explanation> => {
  const effects = createLaunchEffects(launchSetup(world.options, through), openJournal(fs, world.layout));
  const { candidates, refusals } = await effects.resolve({ exclude });
  return { outcome: 'ok', running: null, wouldLaunch: candidates, refusals, marks: [], history: [] };
};

const failing = (world: AppWorld): FileSystem => ({
  ...fs,
  lstatSync: Object.assign((place: string, ...rest: readonly object[]) => {
    if (place.startsWith(world.layout.root)) throw new RangeError('a defect');
    return Reflect.apply(fs.lstatSync, fs, [place, ...rest]);
  }, fs.lstatSync) as FileSystem['lstatSync'],
});

type Told = { readonly refusals: readonly Refusal[]; readonly text: string };

const tell = (explanation: Explanation): Told => ({
  refusals: explanation.refusals,
  text: explainText(explanation, undefined, plain),
});

/** How each refusal comes about, and the words in which a user must find it. */
const provocations: Readonly<
  Record<RefusalCode, readonly [words: RegExp, (world: AppWorld) => Promise<Told>]>
> = {
  'no-pointer': [/Nothing is staged\./, async world => tell(await explained(world))],
  'invalid-pointer': [
    /The pointer is invalid: it is not JSON\./,
    async world => {
      put(world.layout.current, '{');
      return tell(await explained(world));
    },
  ],
  'not-above-bundled': [
    /1\.1\.0 is not above the bundled 1\.2\.0\./,
    async world => {
      await stage(world, '1.1.0');
      bundle(world.bundled, '1.2.0');
      return tell(await explained(world));
    },
  ],
  'bad-version': [
    /1\.1\.0 is marked bad: it was left by hand\./i,
    async world => {
      await stage(world, '1.1.0');
      await condemn(world, '1.1.0');
      return tell(await explained(world));
    },
  ],
  'entry-missing': [
    /The entry of 1\.1\.0 is not on disk\./,
    async world => {
      put(world.layout.current, '{"version":"1.1.0"}');
      return tell(await explained(world));
    },
  ],
  pinned: [
    /1\.1\.0 is pinned\./,
    async world => {
      layOut(world, '1.1.0');
      await stage(world, '1.2.0');
      await writePin(fs, world.layout, '1.1.0');
      return tell(await explained(world));
    },
  ],
  'pin-unavailable': [
    /1\.1\.0 is pinned but can't be launched: the entry of 1\.1\.0 is not on disk\./,
    async world => {
      put(world.layout.pin, '{"version":"1.1.0"}');
      return tell(await explained(world));
    },
  ],
  'failed-in-this-launch': [
    /1\.1\.0 has already failed in this launch\./,
    async world => {
      await stage(world, '1.1.0');
      return tell(await resolved(world, ['1.1.0']));
    },
  ],
  'no-previous': [/There is no previous known-good version\./, async world => tell(await explained(world))],
  'no-bundled': [
    /There is no bundled runtime\./,
    async world => {
      await stage(world, '1.1.0');
      return tell(await explainedWithoutBundle(world));
    },
  ],
  'runtime-unproven': [
    /1\.1\.0 is not staged now: nothing is downloaded while the running version has not proven healthy\./,
    async world => {
      const registry = await registryForTest();
      registry.publish(packed('1.1.0'));
      const stagedoor = newShell(world, { registry: registry.url, updates: true, probe: 'ipc' });
      writeFileSync(path.join(world.bundled, 'behaviour.json'), '{"kind":"never-listens"}');
      const starting = stagedoor.start();
      const outcome = await stagedoor.update();
      await stagedoor.stop();
      await starting;
      if (outcome.outcome !== 'deferred') throw new Error(`it came to ${JSON.stringify(outcome)}`);
      return { refusals: [outcome.refusal], text: outcomeText(outcome, plain) };
    },
  ],
  'resolver-failed': [
    /What is staged could not be looked at: a defect\./,
    async world => {
      await stage(world, '1.1.0');
      return tell(await resolved(world, [], failing(world)));
    },
  ],
  'marks-ignored': [
    /Every candidate is marked bad: the marks are ignored once\./,
    async world => {
      await stage(world, '1.1.0');
      await condemn(world, '1.1.0');
      return tell(await explainedWithoutBundle(world));
    },
  ],
};

describe('P-39: every refusal', () => {
  for (const [code, [words, provoke]] of Object.entries(provocations)) {
    test(`P-39: ${code} is explained in words`, async () => {
      const { refusals, text } = await provoke(newWorld());
      expect(refusals.map(refusal => refusal.code)).toContain(code);
      expect(text).toMatch(words);
      for (const line of text.split('\n')) expect(line, text).toMatch(/^$|^[^ ].*\S$/);
    });
  }

  test('P-39: the contract names no other refusal', () => {
    const contract = readFileSync(path.join(root, 'machines/contract.ts'), 'utf8');
    const [, union = ''] = /export type RefusalCode =([^;]+);/.exec(contract) ?? [];
    const names = [...union.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(provocations)));
  });
});
