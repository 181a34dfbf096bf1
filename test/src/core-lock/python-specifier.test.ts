import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isPythonVersion, isSpecifier, meetsSpecifier } from '#src/core-lock/python-specifier.js';
import { pipEnds } from '../../support/natives/pythons.ts';

const newest = pipEnds.at(-1);

const versions = [
  ...['1', '1.0', '1.0.0', '1.0.1', '1.7', '1.7.0', '1.10', '2.0', '2.2', '2.2.0', '2.2.post3', '2.2.1'],
  ...[
    '1.0a1',
    '1.0.dev1',
    '1.0rc1',
    '2.0rc1',
    '2.0.0rc2',
    '2.0.dev3',
    '2.0a1.dev2',
    '1.7.post1',
    '1.7.post2',
  ],
  ...['1.0-1', '1.0.post1.dev2', '1.0+cpu', '1.0+cpu.2', '1.0.1+local', '1!1.0', '1!2.0rc1', '2!0.1', 'v1.0'],
  ...['2.0ALPHA1', '0', '0.0.0', '2024.1.30'],
];
const operands = [
  '1',
  '1.0',
  '1.0.0',
  '1.7',
  '1.7.post1',
  '2.0',
  '2.0rc2',
  '2.0.dev3',
  '2.2',
  '1!1.0',
  '2.2.0',
  '2.0a1',
];
const single = ['<', '<=', '>', '>=', '==', '!=', '~=', '==='].flatMap(operator =>
  operands.map(operand => `${operator}${operand}`),
);
const more = [
  '==1.*',
  '!=1.*',
  '==1.0.*',
  '==1.7.0.*',
  '!=2.2.*',
  '==1!1.*',
  '==1.0+cpu',
  '!=1.0+cpu',
  '==1.0+CPU.2',
];
const joined = ['>=1,<2', '>= 1.0 , != 1.7', '>=1.0,<2.0rc2', '', '>=1,', '~=2.2,!=2.2.1', '==1.0,===1.0'];
const none = [
  '~=1',
  '>=1.0+cpu',
  '<1.*',
  '>=',
  '1.0',
  '=1',
  '>=a',
  '==1.0rc1.*',
  '~=1.0.*',
  '@ https://a/b',
  '>=1 <2',
];
const specifiers = [...single, ...more, ...joined, ...none];

/** pip's own answer: null where it takes the text for no specifier. */
const program = `
import json, sys
from pip._vendor.packaging.specifiers import InvalidSpecifier, SpecifierSet
asked = json.loads(sys.argv[1])
def answer(text):
    try: found = SpecifierSet(text)
    except InvalidSpecifier: return None
    return [found.contains(version, prereleases=True) for version in asked["versions"]]
print(json.dumps({text: answer(text) for text in asked["specifiers"]}))`;

test.skipIf(newest === undefined)(
  'K-05: whether a version meets a specifier is what pip says, for every pair of them',
  () => {
    const question = JSON.stringify({ versions, specifiers });
    const said = execFileSync(newest?.exec ?? '', ['-I', '-c', program, question], { encoding: 'utf8' });
    const answers = JSON.parse(said) as Record<string, readonly boolean[] | null>;
    const wrong = specifiers.flatMap(specifier => {
      const answer = answers[specifier];
      if (isSpecifier(specifier) !== (answer !== null)) return [`${specifier} is ${answer}`];
      return versions
        .filter((version, index) => meetsSpecifier(version, specifier) !== (answer?.[index] ?? false))
        .map(version => `${version} ${specifier}`);
    });
    expect(wrong).toEqual([]);
  },
);

test('K-05: a version that is none meets only an empty specifier and its very text', () => {
  expect(isPythonVersion('2004d-final')).toBe(false);
  for (const specifier of ['', '===2004D-final']) expect(meetsSpecifier('2004d-final', specifier)).toBe(true);
  for (const specifier of ['>=0', '!=1', '==2004d-final', '==2004.*'])
    expect(meetsSpecifier('2004d-final', specifier)).toBe(false);
});
