import type { StagedoorOptions } from '#src/index.js';
import type { RuntimeSource } from '#src/testing/index.js';

/** What a test lends to a runtime: a free port, a file to count in, an address where nobody answers, one where somebody does. */
export type Keep = {
  readonly port: number;
  readonly state: string;
  readonly nowhere: string;
  readonly somewhere: string;
};

/** A runtime that misbehaves, and what is to come of it. */
export type Animal = {
  readonly name: string;
  readonly source: (keep: Keep) => Omit<RuntimeSource, 'name' | 'version'>;
  readonly probe?: (keep: Keep) => Partial<StagedoorOptions>;
  /** It is odd but serves: it is run, and its end is the end of all of it. Else it is left. */
  readonly fate: 'runs' | 'left' | 'left after it was ready';
  /** Launches that try it, the one that leaves it included. */
  readonly tries: number;
  /** It lets deadlines pass: in a full run only. */
  readonly slow?: boolean;
  /** It never says where it listens. */
  readonly mute?: boolean;
};

const overHttp = ({ port }: Keep): Partial<StagedoorOptions> => ({
  probe: `http://127.0.0.1:${port}/`,
  args: ['--port', String(port)],
});
const timed = { fate: 'left', tries: 2, slow: true } as const;
const atOnce = { fate: 'left', tries: 1 } as const;
const odd = { fate: 'runs', tries: 1 } as const;

export const zoo: readonly Animal[] = [
  { name: 'ends with 0 at once', source: () => ({ behaviour: 'exits-zero' }), ...atOnce },
  { name: 'ends with 1 at once', source: () => ({ behaviour: 'dies-at-start' }), ...atOnce },
  { name: 'misses a module of its own', source: () => ({ behaviour: 'missing-dependency' }), ...atOnce },
  { name: 'is no program at all', source: () => ({ files: { 'cli.js': '\0\u0001 no program' } }), ...atOnce },
  { name: 'eats its memory', source: () => ({ behaviour: 'eats-memory' }), ...atOnce },
  {
    name: 'crashes while the network is off',
    source: ({ nowhere }) => ({ behaviour: 'crashes-offline', needs: nowhere }),
    ...atOnce,
  },
  {
    name: 'dies and leaves a helper on its port',
    source: () => ({ behaviour: 'squats-port' }),
    probe: overHttp,
    ...atOnce,
  },
  { name: 'hangs', source: () => ({ behaviour: 'hangs' }), ...timed },
  { name: 'never says that it is ready', source: () => ({ behaviour: 'never-listens' }), ...timed },
  {
    name: 'never listens on its port',
    source: () => ({ behaviour: 'never-listens' }),
    probe: overHttp,
    ...timed,
  },
  {
    name: 'answers as another version',
    source: () => ({ behaviour: 'answers-as-another', answers: '1.1.0' }),
    ...timed,
  },
  {
    name: 'beats its heart for ever and never serves',
    source: () => ({ behaviour: 'starts-slowly', afterMs: 3_600_000 }),
    ...timed,
  },
  {
    name: 'closes its output where that is to prove it',
    source: () => ({ behaviour: 'closes-stdio' }),
    probe: () => ({ probe: 'stdout:listening' }),
    ...timed,
  },
  {
    name: 'listens, then dies',
    source: () => ({ behaviour: 'dies-after-ready', afterMs: 1 }),
    fate: 'left after it was ready',
    tries: 1,
  },
  {
    name: 'dies after five seconds',
    source: () => ({ behaviour: 'dies-after-ready', afterMs: 5000 }),
    fate: 'left after it was ready',
    tries: 1,
    slow: true,
  },
  {
    name: 'dies at its third start',
    source: ({ state }) => ({ behaviour: 'dies-at-third-start', state }),
    fate: 'left',
    tries: 3,
  },
  {
    name: 'closes standard input and output',
    source: () => ({ behaviour: 'closes-stdio' }),
    mute: true,
    ...odd,
  },
  { name: 'floods its output', source: () => ({ behaviour: 'floods-output', bytes: 2 ** 20 }), ...odd },
  { name: 'ignores SIGTERM', source: () => ({ behaviour: 'ignores-sigterm' }), slow: true, ...odd },
  {
    name: 'forks a helper that ignores SIGTERM',
    source: () => ({ behaviour: 'spawns-grandchild' }),
    slow: true,
    ...odd,
  },
  {
    name: 'forks such a helper into a session of its own',
    source: () => ({ behaviour: 'spawns-grandchild', detached: true }),
    slow: true,
    ...odd,
  },
  {
    name: 'needs the network, which is on',
    source: ({ somewhere }) => ({ behaviour: 'crashes-offline', needs: somewhere }),
    ...odd,
  },
  {
    name: 'starts slowly at first, with heartbeats',
    source: () => ({ behaviour: 'starts-slowly', afterMs: 2500 }),
    slow: true,
    ...odd,
  },
];
