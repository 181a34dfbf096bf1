import { EventEmitter } from 'node:events';
import type { PowerMonitor } from 'electron';
import { type StandIn, standIn } from './agreement.ts';
import { type PowerPayloads, teller } from './payloads.ts';

export type PowerDouble = {
  readonly powerMonitor: StandIn<PowerMonitor, object>;
  readonly suspend: () => void;
  readonly resume: () => void;
  /** Linux and macOS; Windows tells its windows instead. */
  readonly shutDown: () => void;
  readonly heard: () => readonly string[];
};

export const createPower = (): PowerDouble => {
  const emitter = new EventEmitter();
  const tell = teller<PowerPayloads>(emitter);
  return {
    powerMonitor: standIn<PowerMonitor>()({ name: 'powerMonitor' }, {}, emitter),
    suspend: () => void tell('suspend'),
    resume: () => void tell('resume'),
    shutDown: () => void tell('shutdown'),
    heard: () => emitter.eventNames().map(String),
  };
};
