import type { BadMark, Candidate, Refusal } from '../../machines/contract.ts';
import { readBadVersions } from '../store/bad-versions.ts';
import { readJournal } from '../store/journal.ts';
import { replayEvents } from '../store/journal-form.ts';
import { decide } from './candidates.ts';
import { verdictKey } from './effects.ts';
import type { LaunchSetup } from './setup.ts';

/** Why this version runs and not that one: reasons of the last launch, the marks, and what the journal remembers. */
export type Explanation = {
  readonly outcome: 'ok';
  /** The version that this process runs; null where it runs none. */
  readonly running: string | null;
  /** What the next launch would try, in order. */
  readonly wouldLaunch: readonly Candidate[];
  readonly refusals: readonly Refusal[];
  readonly marks: readonly BadMark[];
  readonly history: readonly Readonly<Record<string, unknown>>[];
};

const remembered = 50;
const everything = Number.MAX_SAFE_INTEGER;
const forReplay: readonly unknown[] = Object.values(replayEvents);

const concerns = (entry: Readonly<Record<string, unknown>>, version: string): boolean =>
  JSON.stringify(entry).includes(JSON.stringify(version));

/** Looks and changes nothing. With a version: only what concerns it. */
export const explain = async (
  setup: LaunchSetup,
  running: string | null,
  version?: string,
): Promise<Explanation> => {
  const { fs, layout } = setup;
  const all = readBadVersions(fs, layout);
  const { candidates, refusals } = decide(setup, all, await verdictKey(setup));
  const history = readJournal(fs, layout, everything).filter(({ event }) => !forReplay.includes(event));
  const about = (subject: { readonly version: string | null }): boolean =>
    version === undefined || subject.version === version;
  return {
    outcome: 'ok',
    running,
    wouldLaunch: candidates,
    refusals: refusals.filter(about),
    marks: all.filter(about),
    history: history.filter(entry => version === undefined || concerns(entry, version)).slice(-remembered),
  };
};
