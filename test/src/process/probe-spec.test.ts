import { expect, test } from 'vitest';
import { parseProbe } from '#src/process/probe-spec.js';

test.each([
  ['ipc', { kind: 'ipc' }],
  ['http://127.0.0.1:3484/health', { kind: 'http', url: 'http://127.0.0.1:3484/health' }],
  ['https://localhost:8443', { kind: 'http', url: 'https://localhost:8443/' }],
  ['tcp:3484', { kind: 'tcp', port: 3484 }],
  ['stdout:listening on .*:\\d+$', { kind: 'stdout', pattern: 'listening on .*:\\d+$' }],
  ['alive:2000', { kind: 'alive', ms: 2000 }],
])('P-29: the probe %j is understood', (text, spec) => {
  expect(parseProbe(text)).toEqual(spec);
});

test.each([
  '',
  'IPC',
  'ipc:',
  'http://',
  'http://[',
  'ftp://127.0.0.1',
  'tcp:',
  'tcp:0',
  'tcp:65536',
  'tcp:1e3',
  'tcp:-1',
  'alive:',
  'alive:0',
  'alive:2s',
  'alive:2147483648',
  'stdout:',
  'stdout:(',
  'constructor:1',
])('P-39: the probe %j is a mistake that is quoted', text => {
  expect(() => parseProbe(text)).toThrow(TypeError);
  expect(() => parseProbe(text)).toThrow(JSON.stringify(text));
});
