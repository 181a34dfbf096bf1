import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RuntimeProcess } from '#src/process/runtime-process.js';
import { spawnRuntime } from '#src/process/spawn.js';
import { startUtility } from '../../support/electron/utility.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { untilTold } from '../process/fixture.ts';

const startNode = (program: string): RuntimeProcess => {
  const entry = path.join(temporaryFolder(), 'cli.mjs');
  writeFileSync(entry, program);
  const deadlines = { askMs: 0, graceMs: 0, killMs: 5000 };
  const child = spawnRuntime({ exec: process.execPath, entry, args: [], env: {}, deadlines });
  onTestFinished(async () => {
    await child.stop();
  });
  return child;
};

type Said = readonly [words: readonly string[], code: number | null];

/** What a program says of itself until it ends, when it was sent what it waits for after it is `up`. */
const said = async (child: RuntimeProcess, messages: readonly string[]): Promise<Said> => {
  if (messages.length > 0) await untilTold(child, message => message === 'up');
  for (const type of messages) child.send({ type });
  const { code } = await child.exited;
  return [child.tail('stdout').split('\n').slice(0, -1), code];
};

/** The same of both kinds of launch. */
const both = async (program: string, ...messages: readonly string[]): Promise<Said> => {
  const [node, utility] = await Promise.all(
    [startNode, startUtility].map(start => said(start(program), messages)),
  );
  expect(utility).toEqual(node);
  return utility ?? [[], null];
};

const cases: readonly (readonly [title: string, program: string, messages: readonly string[], says: Said])[] =
  [
    [
      'a message calls back when it is sent, and the process ends when it has nothing else to do',
      `console.log(process.connected, process.send({ type: 'one' }, error => console.log('sent', error)));
    process.send({ type: 'two' }, undefined, {}, error => console.log('sent again', error));
    process.on('exit', () => console.log('exit', process.connected));`,
      [],
      [['true true', 'sent null', 'sent again null', 'exit true'], 0],
    ],
    [
      'who has left hears so once, is connected no more, and ends when nothing else is to do',
      `process.on('message', () => console.log('never'));
    process.on('disconnect', () => console.log('disconnect', process.connected));
    process.disconnect();
    console.log(process.connected);
    process.on('message', () => console.log('never'));`,
      [],
      [['false', 'disconnect false'], 0],
    ],
    [
      'who has left is not kept by listening',
      `process.disconnect();
    process.on('message', () => console.log('never'));
    process.on('exit', () => console.log('exit'));`,
      [],
      [['exit'], 0],
    ],
    [
      'who has left can send nothing: false, and the callback has the error',
      `process.disconnect();
    console.log(process.send({ type: 'late' }, error => console.log('refused', error.code)));`,
      [],
      [['false', 'refused ERR_IPC_CHANNEL_CLOSED'], 0],
    ],
    [
      'who has left and sends without a callback, or leaves again, is told by an error',
      `process.on('error', error => console.log(error.code));
    process.disconnect();
    console.log(process.send({ type: 'late' }));
    process.disconnect();`,
      [],
      [['false', 'ERR_IPC_DISCONNECTED', 'ERR_IPC_CHANNEL_CLOSED'], 0],
    ],
    [
      'listening to messages keeps the process, and it is free when the last listener is off',
      `const hear = ({ type }) => {
      console.log('heard', type);
      if (type !== 'enough') return;
      process.off('message', hear);
      console.log('left', process.listenerCount('message'));
    };
    process.on('message', hear);
    process.once('message', ({ type }) => console.log('once', type));
    process.send('up');`,
      ['first', 'second', 'enough'],
      [['heard first', 'once first', 'heard second', 'heard enough', 'left 0'], 0],
    ],
    [
      'a rejection that nobody handles ends the process with 1',
      `process.on('message', () => undefined);
    void Promise.reject(new Error('nobody'));
    process.on('exit', code => console.log('exit', code));`,
      [],
      [['exit 1'], 1],
    ],
  ];

test.each(cases)(
  'a runtime has of process the same by both kinds of launch: %s',
  async (_, program, messages, says) => {
    expect(await both(program, ...messages)).toEqual(says);
  },
);
