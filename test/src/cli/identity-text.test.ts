import { expect, test } from 'vitest';
import { identityText } from '#src/cli/identity-text.js';
import { statusText } from '#src/cli/status-text.js';
import { plainStyle } from '#src/cli/style.js';
import { nodeAbi, pythonAbi } from '#src/natives/abi.js';
import { openAttempt, resolveAttempt } from '#src/store/attempts.js';
import { readStatus } from '#src/upkeep/status.js';
import { freshStore, fs } from '../store/fresh-store.ts';

const facts = { platform: 'linux', arch: 'x64', libc: 'glibc', napi: 10, uv: '1', armv: null } as const;
const node = { ...facts, node: '24.9.0', modules: '137' };
const abi = nodeAbi({ ...node, electron: null });

test('N-10: who ran is told in one line', () => {
  expect(identityText({ abi, problem: null })).toBe('ran on Node 24.9.0, ABI 137, linux x64 glibc');
  const electron = nodeAbi({ ...node, modules: '140', electron: '39.0.0' });
  expect(identityText({ abi: electron, problem: 'Error: no' })).toBe(
    'ran on Electron 39.0.0 (Node 24.9.0), ABI 140, linux x64 glibc, not led to its natives: Error: no',
  );
  const python = pythonAbi({
    platform: 'darwin',
    arch: 'arm64',
    libc: null,
    implementation: 'cpython',
    version: '3.13.0',
    soabi: 'cpython-313-darwin',
    suffixes: ['.cpython-313-darwin.so'],
  });
  expect(identityText({ abi: python, problem: null })).toBe(
    'ran on CPython 3.13.0, ABI cpython-313-darwin, darwin arm64',
  );
});

test('N-10: status shows who ran, as data and as text', async () => {
  const layout = freshStore();
  const { id } = await openAttempt(fs, layout, { version: '1.1.0', role: 'override', tree: null });
  const answer = { kind: 'node', ...node, electron: null, uv: '1.51.0', problem: null };
  fs.writeFileSync(layout.identity(id), JSON.stringify(answer));
  await resolveAttempt(fs, layout, id, 'ready');
  const status = await readStatus(fs, layout, { bundledDir: null, entry: undefined });
  expect(status.attempts).toMatchObject([{ id, identity: { abi, problem: null } }]);
  expect(statusText(status, plainStyle)).toContain('ran on Node 24.9.0, ABI 137, linux x64 glibc');
});
