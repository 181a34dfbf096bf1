import { expect, test } from 'vitest';
import { createGates } from '../support/charts/gates.ts';

test('tests: behind a gate the real effect runs only when it is let through, and its caller hears of it first', async () => {
  const gates = createGates();
  const begun: number[] = [];
  const double = gates.gate('double', async (value: number) => {
    begun.push(value);
    return value * 2;
  });
  const heard: number[] = [];
  void double(2).then(value => heard.push(value));
  await gates.arrival('double');
  expect({ begun, waiting: gates.waiting() }).toEqual({ begun: [], waiting: ['double'] });
  const opened = gates.open('double');
  expect({ begun, waiting: gates.waiting() }).toEqual({ begun: [2], waiting: [] });
  expect(await opened).toEqual({ status: 'fulfilled', value: 4 });
  expect(heard).toEqual([4]);
  expect(() => gates.open('double')).toThrow('nobody waits at double; at a gate: none');
});

test('tests: an aborted call leaves its gate with the reason, and its work never begins', async () => {
  const gates = createGates();
  const stop = new AbortController();
  const effect = gates.gate('effect', async (_signal: AbortSignal): Promise<string> => 'begun');
  const call = effect(stop.signal);
  stop.abort(new Error('changed my mind'));
  await expect(call).rejects.toThrow('changed my mind');
  await expect(effect(stop.signal)).rejects.toThrow('changed my mind');
  expect(gates.waiting()).toEqual([]);
});

test('tests: a rejection behind a gate is an outcome, and who waits can be turned away', async () => {
  const gates = createGates();
  const effect = gates.gate('effect', () => Promise.reject(new Error('broken')));
  const [first, second] = [effect(), effect()];
  void second.catch(() => undefined);
  expect(await gates.open('effect')).toMatchObject({ status: 'rejected', reason: { message: 'broken' } });
  gates.clear();
  await expect(first).rejects.toThrow('turned away at effect');
  expect(gates.waiting()).toEqual([]);
});
