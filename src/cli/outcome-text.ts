import type { UpdateOutcome } from '../stagedoor.ts';
import type { Style } from './style.ts';
import { oneLine, sentence, withoutVersion } from './text.ts';

type Settled = Exclude<UpdateOutcome, { outcome: 'failed' }>;

const upToDate = (version: string, current: string): string =>
  version === current
    ? `${current} is up to date.`
    : `${current} is up to date; the registry offers ${version}.`;

const shellText = (shell: string): string =>
  shell === 'unknown' ? 'and its version is not known here (shellVersion)' : `here it is ${shell}`;

/** One sentence for how a check or an update ended. */
export const outcomeText = (settled: Settled, style: Style): string => {
  switch (settled.outcome) {
    case 'staged': {
      const replaced = settled.superseded === null ? '' : ` It takes the place of ${settled.superseded}.`;
      return `${style.good(settled.version)} is staged; it starts with the next launch.${replaced}`;
    }
    case 'update-available': {
      const current = settled.current === null ? '' : ` (current: ${settled.current})`;
      return `${style.good(settled.version)} is available${current}.`;
    }
    case 'up-to-date':
      return upToDate(settled.version, settled.current);
    case 'already-staged':
      return `${settled.version} is already staged; it starts with the next launch.`;
    case 'bad-version': {
      const { version, mark } = settled;
      return `${style.warning(version)} is marked bad and is not staged: ${sentence(oneLine(withoutVersion(version, mark.reason)))}\n${style.faint(`stagedoor forgive ${version} takes the mark away.`)}`;
    }
    case 'incompatible': {
      const { version, reason } = settled;
      return `${style.warning(version)} does not fit this machine: its ${reason.field} asks for ${reason.wanted}, here it is ${reason.actual}.`;
    }
    case 'outgrown':
      return `${style.warning(settled.version)} needs a newer shell: it asks for ${settled.needs}, ${shellText(settled.shell)}. Nothing newer fits this one.`;
    case 'deferred': {
      const subject = settled.version === null ? 'Nothing' : settled.version;
      return `${subject} is not staged now: ${sentence(settled.refusal.message)}`;
    }
    case 'cancelled':
      return 'Cancelled; nothing was changed.';
  }
};
