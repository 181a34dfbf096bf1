import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, createMachine, setup } from 'xstate';
import { launchMachine } from '#machines/launch.js';
import { nativesMachine } from '#machines/natives.js';
import { pluginInstallMachine } from '#machines/plugin-install.js';
import { slot } from '#machines/slot.js';
import { supervisorMachine } from '#machines/supervisor.js';
import { updateMachine } from '#machines/update.js';
import { lint, nodesOf } from '../support/charts/lint.ts';

const charts: [string, AnyStateMachine][] = [
  ['update', updateMachine],
  ['launch', launchMachine],
  ['supervisor', supervisorMachine],
  ['natives', nativesMachine],
  ['plugin-install', pluginInstallMachine],
];

const planted = setup({
  actors: { work: slot<void, void>('work') },
  delays: { pause: 10 },
  guards: { isRight: () => true },
  actions: { tell: () => undefined },
});

/** A sound state that each misspelling is planted into. */
const sound = {
  description: 'sound',
  invoke: { id: 'work', src: 'work', onError: { target: 'rest', description: 'of no matter' } },
} as const;
const plant = (config: object): string[] =>
  lint(
    createMachine(
      {
        description: 'root',
        initial: 'busy',
        states: { busy: { ...sound, ...config }, rest: { description: 'rest' } },
      } as never,
      planted.createMachine({}).implementations as never,
    ),
  );

describe('what the compiler lets pass in a chart', () => {
  it.each(charts)('charts: the %s chart has no misspelt name, key, delay or initial state', (_, chart) => {
    expect(lint(chart)).toEqual([]);
    expect(nodesOf(chart.root).length).toBeGreaterThan(15);
  });

  it('charts: a sound chart passes the lint', () => {
    expect(plant({})).toEqual([]);
  });

  it.each([
    ['a misspelt delay', { after: { pauze: { target: 'rest' } } }, "unknown delay 'pauze'"],
    ['a misspelt guard key', { on: { go: { gaurd: 'isRight', target: 'rest' } } }, "unknown key 'gaurd'"],
    ['an unknown guard', { on: { go: { guard: 'isWrong', target: 'rest' } } }, "unknown guard 'isWrong'"],
    ['an unknown action', { entry: 'tel' }, "unknown action 'tel'"],
    ['an unknown action on the way out', { exit: { type: 'tel' } }, "unknown action 'tel'"],
    [
      'an unknown action of an effect',
      { invoke: { ...sound.invoke, onDone: { actions: 'tel' } } },
      "unknown action 'tel'",
    ],
    [
      'an unknown guard of a silent way',
      { always: [{ guard: 'isWrong', target: 'rest' }] },
      "unknown guard 'isWrong'",
    ],
    ['an unknown effect', { invoke: { ...sound.invoke, id: 'wrk', src: 'wrk' } }, "unknown actor 'wrk'"],
    ['an effect as code', { invoke: { ...sound.invoke, src: slot<void, void>('work') } }, 'unknown actor'],
    ['a delay as a number', { after: { 1000: { target: 'rest' } } }, "unknown delay '1000'"],
    ['a misspelt initial', { intial: 'inner' }, "unknown key 'intial'"],
    ['a misspelt action key', { on: { go: { actoins: 'tell', target: 'rest' } } }, "unknown key 'actoins'"],
    ['a misspelt way of an effect', { invoke: { ...sound.invoke, onDnoe: {} } }, "unknown key 'onDnoe'"],
    ['a misspelt state key', { onn: {} }, "unknown key 'onn'"],
    ['a missing description', { description: undefined }, 'no description'],
    ['a misspelt error arrow', { invoke: { id: 'work', src: 'work', onErorr: {} } }, "unknown key 'onErorr'"],
    ['an effect without an error arrow', { invoke: { id: 'work', src: 'work' } }, "'work' has no onError"],
    ['an effect under another id', { invoke: { ...sound.invoke, id: 'wrk' } }, "the id of 'work'"],
    ['code in the chart', { on: { go: { actions: () => undefined } } }, 'inline action'],
    ['a guard as code', { on: { go: { guard: () => true, target: 'rest' } } }, 'inline guard'],
    ['a swallowed event without a reason', { on: { go: {} } }, 'swallowed without a reason'],
    [
      'a fault that nobody records',
      { invoke: { ...sound.invoke, onError: { target: 'rest' } } },
      'neither recorded nor explained',
    ],
  ])('charts: the lint finds %s', (_, config, fault) => {
    expect(plant(config).join('\n')).toContain(fault);
  });

  it('charts: the lint finds an initial state that is not there', () => {
    const inner = { description: 'inner' };
    const faults = plant({ initial: 'innr', states: { inner } });
    expect(faults.join('\n')).toContain("no initial 'innr'");
  });

  it('charts: a state with children and no initial one is refused by XState itself', () => {
    expect(() => plant({ states: { inner: { description: 'inner' } } })).toThrow(
      'No initial state specified',
    );
  });
});
