import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../machines/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
const textOf = (name: string): string => readFileSync(new URL(name.replaceAll('\\', '/'), folder), 'utf8');

const importsIn = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier ?? '');
const impure =
  /\b(?:Date\.now|Math\.random|new Date|process\.|console\.|setTimeout|setInterval|performance\.|crypto\.|fetch\()/;

describe('the charts are pure', () => {
  it('charts: there are files to look at', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(files)('charts: machines/%s imports only xstate and its neighbours', name => {
    const foreign = importsIn(textOf(name)).filter(
      specifier => specifier !== 'xstate' && !/^\.{1,2}\/(?!.*\/\.\.\/)[a-z/-]+\.ts$/.test(specifier),
    );
    expect(foreign).toEqual([]);
    expect(importsIn(textOf(name)).filter(specifier => specifier.startsWith('../../'))).toEqual([]);
  });

  it.each(files)('charts: machines/%s makes no time, chance or effect of its own', name => {
    expect(textOf(name)).not.toMatch(impure);
  });

  it('charts: the look-out itself sees an import of node and a clock', () => {
    expect(importsIn("import fs from 'node:fs';")).toEqual(['node:fs']);
    expect('at: Date.now()').toMatch(impure);
  });
});
