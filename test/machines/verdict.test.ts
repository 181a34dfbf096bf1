import { describe, expect, it } from 'vitest';
import type { Mark, Observation, VerdictKind } from '#machines/contract.js';
import { judge, judgeAll } from '#machines/verdict.js';
import { failure, override, previous } from '../support/charts/samples.ts';

type Row = readonly [Observation, 'passes' | 'fails', VerdictKind, Mark];

const rows: readonly Row[] = [
  ['treeDamaged', 'passes', 'installDamaged', 'none'],
  ['treeDamaged', 'fails', 'installDamaged', 'none'],
  ['nativesMissing', 'passes', 'environment', 'none'],
  ['nativesMissing', 'fails', 'environment', 'none'],
  ['spawnFailed', 'passes', 'environment', 'none'],
  ['spawnFailed', 'fails', 'environment', 'none'],
  ['environmentExit', 'passes', 'environment', 'none'],
  ['environmentExit', 'fails', 'environment', 'none'],
  ['portTaken', 'passes', 'environment', 'none'],
  ['portTaken', 'fails', 'environment', 'none'],
  ['inconclusive', 'passes', 'inconclusive', 'none'],
  ['inconclusive', 'fails', 'inconclusive', 'none'],
  ['timedOut', 'fails', 'environment', 'none'],
  ['exitedEarly', 'fails', 'environment', 'none'],
  ['crashLoop', 'fails', 'environment', 'none'],
  ['exitedEarly', 'passes', 'version', 'bad'],
  ['timedOut', 'passes', 'version', 'strike'],
  ['crashLoop', 'passes', 'version', 'bad'],
  ['shellDied', 'passes', 'suspect', 'strike'],
  ['shellDied', 'fails', 'suspect', 'strike'],
];

const blamelessWhateverTheControl: readonly Observation[] = [
  'treeDamaged',
  'nativesMissing',
  'spawnFailed',
  'environmentExit',
  'portTaken',
  'inconclusive',
];

describe('the verdict table', () => {
  it.each(rows)(
    'L-06: %s, and the fallback %s: the verdict is %s, the mark %s',
    (observation, control, kind, mark) => {
      const verdict = judge(observation, control === 'passes');
      expect(verdict).toMatchObject({ kind, mark });
      expect(verdict.reason).toMatch(/\w+ \w+/);
    },
  );

  it('P-26: whatever the machine did to a version, no control run turns it into a mark', () => {
    const marks = blamelessWhateverTheControl.flatMap(observation =>
      [true, false].map(passed => judge(observation, passed).mark),
    );
    expect(new Set(marks)).toEqual(new Set(['none']));
  });

  it('P-26: without a control run that passed, only the death of the shell leaves a strike', () => {
    const marked = rows.filter(([observation]) => judge(observation, false).mark !== 'none');
    expect(new Set(marked.map(([observation]) => observation))).toEqual(new Set(['shellDied']));
  });

  it('L-05: each suspect keeps the evidence that was captured at its own spawn', () => {
    const suspects = [
      {
        candidate: override,
        attempt: 'a',
        observation: 'exitedEarly' as const,
        failure: failure('LAUNCH_EXITED_EARLY'),
        exit: null,
      },
      {
        candidate: previous,
        attempt: 'b',
        observation: 'timedOut' as const,
        failure: failure('LAUNCH_TIMED_OUT'),
        exit: null,
      },
    ];
    const judgements = judgeAll(suspects, true);
    expect(judgements.map(({ suspect }) => suspect)).toEqual(suspects);
    expect(judgements.map(({ verdict }) => verdict.mark)).toEqual(['bad', 'strike']);
  });
});
