import type { UiState } from '#src/electron/bridge.js';
import { quiet } from './main-process.ts';

const download = { version: '1.2.0', phase: 'downloading', bytes: 12_300_000, totalBytes: 41_000_000 };

/** A state for each thing that the banner can say, by the kind of its notice. */
export const states = {
  downloading: { ...quiet, tags: ['running', 'checking', 'downloading'], progress: download },
  staged: { ...quiet, tags: ['running', 'staged'], staged: { version: '1.2.0' } },
  waiting: {
    ...quiet,
    tags: ['running', 'staged', 'waiting'],
    staged: { version: '1.2.0' },
    waitingFor: ['Export of “March”', 'Terminal 2'],
  },
  restarting: { ...quiet, tags: ['restarting'], staged: { version: '1.2.0' } },
  'rolled-back': {
    ...quiet,
    tags: ['running', 'rolled-back'],
    rolledBack: { version: '1.2.0', running: '1.0.0', reason: 'It ended before it was ready.' },
  },
  outgrown: {
    ...quiet,
    tags: ['running', 'outgrown'],
    outgrown: { version: '2.0.0', needs: 'version 5 of the app', shell: '4.1.0' },
  },
  offline: { ...quiet, tags: ['running', 'downloading', 'offline'], progress: download },
  down: { ...quiet, tags: ['down'], running: null },
} as const satisfies Readonly<Record<string, UiState>>;

export type StateName = keyof typeof states;
export const stateNames = Object.keys(states) as readonly StateName[];
