import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { NativesOutcome } from '#machines/contract.js';
import type { NativeDependency } from '#src/natives/dependency.js';
import { createInstaller } from '#src/natives/installer.js';
import { createMatching } from '#src/natives/matching.js';
import { fetchPythonPackages } from '#src/natives/python-packages.js';
import { treesOf } from '#src/natives/tree-place.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import type { Interpreter } from '../../support/natives/interpreters.ts';
import { compiledWheel, fromFolder, pinOf, pythonOf } from '../../support/natives/python-trees.ts';
import { alone, newest, oldest } from '../../support/natives/pythons.ts';

if (alone) console.log('skipped: trees for Pythons, because there are no two with headers and pip');

/** Trees of this test alone. */
const ownCache = (): string => {
  const cache = temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', cache);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return cache;
};

type Matched = { readonly outcome: NativesOutcome; readonly fetches: number };

const match = async ({ exec }: Interpreter, natives: readonly NativeDependency[]): Promise<Matched> => {
  let fetches = 0;
  const matching = createMatching(
    { fs, exec, natives, mode: 'auto', ownPath: () => [] },
    {
      install: async wanted =>
        createInstaller(wanted, {
          fs,
          report: () => undefined,
          fetch: (request, signal, report) => {
            fetches += 1;
            return fetchPythonPackages(fs, request, signal, report);
          },
        }),
    },
  );
  const outcome = await matching({ candidate: null }, new AbortController().signal);
  return { outcome, fetches };
};

const importsFrom = ({ exec }: Interpreter, folder: string): boolean => {
  const code = 'import sys; sys.path.insert(0, sys.argv[1]); import stagey; print(stagey.__file__)';
  const said = execFileSync(exec, ['-I', '-B', '-c', code, folder], { encoding: 'utf8' });
  return said.startsWith(folder);
};

describe.skipIf(alone)('N-05: the chart of natives with real Pythons', () => {
  test('N-05: each interpreter gets a tree of its own once, and finds it from then on', async () => {
    ownCache();
    const wheels = temporaryFolder();
    fromFolder(wheels);
    const archives = [await compiledWheel(wheels, oldest), await compiledWheel(wheels, newest)];
    const [first] = archives;
    if (first === undefined) throw new TypeError('no wheel');
    const pins = [pinOf(first, ...archives.slice(1).map(({ hash }) => hash))];
    const natives = [{ name: 'stagey', dir: null, module: 'stagey', pins, build: false, optional: false }];
    for (const one of [oldest, newest]) {
      const made = await match(one, natives);
      expect(made).toMatchObject({ fetches: 1, outcome: { kind: 'ready', failure: null } });
      const { tree } = made.outcome;
      if (tree === null) throw new TypeError('no tree');
      const folder = path.join(treesOf(tree.tag).version(tree.stamp), 'site-packages');
      expect(importsFrom(one, folder)).toBe(true);
      expect(await match(one, natives)).toMatchObject({ fetches: 0, outcome: { kind: 'cached', tree } });
    }
  });

  test('N-07: where only another interpreter has an archive nothing is installed, and nothing is left', async () => {
    const cache = ownCache();
    const wheels = temporaryFolder();
    fromFolder(wheels);
    const pins = [pinOf(await compiledWheel(wheels, oldest))];
    const natives = [{ name: 'stagey', dir: null, module: 'stagey', pins, build: false, optional: false }];
    const { outcome, fetches } = await match(newest, natives);
    expect(fetches).toBe(1);
    expect(outcome).toMatchObject({ kind: 'unavailable', tree: null });
    const { tag } = await pythonOf(newest);
    const { versions } = treesOf(tag);
    expect(versions.startsWith(cache)).toBe(true);
    const left = existsSync(versions) ? readdirSync(versions, { recursive: true }) : [];
    expect(left.filter(name => String(name).includes('site-packages'))).toEqual([]);
  });
});
