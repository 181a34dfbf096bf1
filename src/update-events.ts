import type { UpdateEmitted } from '../machines/update.ts';
import type { Emitter } from './emitter.ts';
import type { StagedoorEvents } from './stagedoor.ts';
import { updateOutcome } from './update-outcome.ts';

/** Facts of the update chart in the host's words. */
export const tellUpdate = ({ emit }: Pick<Emitter<StagedoorEvents>, 'emit'>, event: UpdateEmitted): void => {
  if (event.type === 'update.settled') emit('update:settled', updateOutcome(event.result));
  else if (event.type === 'update.staged') {
    emit('runtime:update-staged', { version: event.version, superseded: event.superseded });
  } else {
    emit('update:outgrown', { version: event.version, needs: event.needs, shell: event.shell });
  }
};
