import type { EventObject } from 'xstate';
import type { Sight } from './slots.ts';

/** What a supervisor was seen to do beside its trace: an order to a child. */
export type Order = {
  readonly kind: 'ordered';
  readonly to: 'launch' | 'update';
  readonly event: EventObject;
};
export type SupervisorTrace = readonly (Sight | Order)[];

const healthy = (event: EventObject): boolean | null => {
  if (event.type !== 'xstate.snapshot.launch') return null;
  const { snapshot } = event as unknown as { snapshot: { hasTag: (tag: string) => boolean } };
  return snapshot.hasTag('healthy');
};

/** What must hold whatever the chart looks like; gives the rules that a trace breaks. */
export const brokenSupervisorRules = (trace: SupervisorTrace): string[] => {
  const broken: string[] = [];
  const leases = new Set<string>();
  let launched = false;
  let up = false;
  let held = false;
  let broke = false;
  let stopped = false;
  let deferred = false;
  let consent = true;
  let ordering = false;
  let ending = false;

  const sent = (event: EventObject): void => {
    const { id, consent: given } = event as { id?: string; consent?: boolean };
    if (event.type === 'lease.taken') leases.add(id ?? '');
    if (event.type === 'lease.ended') leases.delete(id ?? '');
    if (event.type === 'supervisor.hold') held = true;
    if (event.type === 'supervisor.release') held = false;
    if (event.type === 'supervisor.stop') stopped = true;
    if (event.type === 'xstate.error.actor.update') broke = true;
    if (event.type === 'supervisor.start' || event.type === 'supervisor.restart') stopped = false;
    consent = event.type !== 'supervisor.restart' || given === true;
    up = healthy(event) ?? up;
    if (event.type.endsWith('actor.launch')) up = false;
    if (event.type.endsWith('actor.changeStore')) ordering = false;
  };

  const ordered = ({ to, event }: Order, last: EventObject): void => {
    if (to === 'launch' && !launched) broken.push(`${event.type} to a launch that is not there`);
    const asked = last.type === 'supervisor.restart' && consent;
    if (event.type === 'launch.restart' && leases.size > 0 && !asked)
      broken.push('L-09: running work is interrupted without consent');
    if (event.type === 'launch.stop' && last.type !== 'supervisor.stop')
      broken.push('P-31: a stop that nobody asked for');
    if (event.type === 'launch.stop') ending = true;
    if (event.type === 'update.defer') deferred = true;
    if (event.type === 'update.permit') deferred = false;
    // An update chart that broke hears nothing any more.
    const asks = event.type === 'update.wake' || (event as { origin?: string }).origin === 'schedule';
    const bySchedule = !broke && asks;
    if (bySchedule && stopped) broken.push('C-03: the schedule asks after a stop');
    if (bySchedule && held) broken.push('C-01: the schedule asks although it is held');
  };

  const begin = (slot: string): void => {
    if (slot === 'launch' && launched) broken.push('P-30: two launches at once');
    if (slot === 'launch') {
      launched = true;
      ending = false;
    }
    if (slot === 'changeStore' && ordering) broken.push('two orders at once');
    if (slot === 'changeStore') ordering = true;
  };

  let last: EventObject = { type: '' };
  for (const sight of trace) {
    if (sight.kind === 'sent') last = sight.event;
    if (sight.kind === 'sent') sent(sight.event);
    if (sight.kind === 'ordered') ordered(sight, last);
    if (sight.kind === 'begin') begin(sight.slot);
    if (sight.kind === 'abort' && sight.slot === 'launch') {
      if (!last.type.endsWith('actor.launch')) broken.push('P-30: a launch that is not over is abandoned');
      launched = false;
    }
    if (sight.kind === 'abort' && sight.slot === 'launch') up = false;
  }
  if (launched && !up && !deferred && !ending)
    broken.push('C-01: staging is permitted while nothing is proven');
  return broken;
};
