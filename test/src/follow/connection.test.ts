import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { followAddress } from '#src/follow/address.js';
import { connect, type Ending } from '#src/follow/connection.js';
import { keepLines } from '#src/follow/kept-lines.js';
import { lineOf, listenTo, viewerForTest } from '../viewer/viewer-client.ts';

const many = 1000;
const text = 'x'.repeat(10_000);

const addressOf = (text: string) => {
  const address = followAddress(text);
  if (address === null) throw new Error(`${text} is no address`);
  return address;
};

test('follow: more than goes through at once arrives as the viewer takes it, in order', async () => {
  const { address } = await viewerForTest();
  const heard = await listenTo(address);
  const kept = keepLines(2 * many * text.length);
  for (let seq = 1; seq <= many; seq += 1) kept.add(lineOf(seq, { text }));
  const connection = connect(addressOf(address), kept, () => undefined);
  onTestFinished(connection.end);
  await heard.until(({ lines }) => lines.length === many);
  expect(heard.lines().map(line => JSON.parse(line).seq)).toEqual(
    Array.from({ length: many }, (_, index) => index + 1),
  );
});

test('follow: a viewer that takes nothing any more is given up in seconds', async () => {
  const server = createServer(socket => {
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined).pause();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const kept = keepLines(4 * many * text.length);
  for (let seq = 1; seq <= 2 * many; seq += 1) kept.add(lineOf(seq, { text }));
  const { port } = server.address() as AddressInfo;
  const address = { host: '127.0.0.1', port, path: '/' };
  const ending = await new Promise<Ending>(resolve => connect(address, kept, resolve));
  expect(ending).toMatchObject({ how: 'lost', isBehind: true });
});

test('P-13: of lines that nobody takes the newest are kept, and one at least', () => {
  const kept = keepLines(10);
  expect(kept.at(1)).toBeUndefined();
  for (const line of ['one', 'two', 'three', 'four']) kept.add(line);
  expect(kept.at(1)).toEqual({ place: 3, line: 'three' });
  expect(kept.at(4)).toEqual({ place: 4, line: 'four' });
  expect(kept.at(5)).toBeUndefined();
  expect(kept.add('a very long one')).toBe(5);
  expect(kept.at(1)).toEqual({ place: 5, line: 'a very long one' });
});
