import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { environmentFault } from '#src/process/environment-fault.js';
import { temporaryFolder } from '../../support/folder.ts';
import { startFixture } from './fixture.ts';

test.each([
  ['ENOSPC', "Error: ENOSPC: no space left on device, write\n  errno: -28,\n  code: 'ENOSPC'"],
  ['ENOSPC', 'sqlite: database or disk is full'],
  ['EDQUOT', 'write failed: Disk quota exceeded'],
  ['EROFS', "EROFS: read-only file system, open '/x'"],
  ['EIO', 'EIO: i/o error, read'],
  ['EIO', 'cat: Input/output error'],
  ['EADDRINUSE', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3484'],
  ['EADDRINUSE', 'OSError: [Errno 98] Address already in use'],
  ['ENOMEM', 'fork: Cannot allocate memory'],
  ['EMFILE', "EMFILE: too many open files, open 'x'"],
  [
    'NODE_MODULE_VERSION',
    "Error: The module 'x.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 137. This version of Node.js requires\nNODE_MODULE_VERSION 115.\n  code: 'ERR_DLOPEN_FAILED'",
  ],
  ['ERR_DLOPEN_FAILED', 'Error: libx.so.1: cannot open shared object file: No such file or directory'],
  ['ERR_DLOPEN_FAILED', 'Error: x.node: invalid ELF header'],
  ['ERR_DLOPEN_FAILED', "/lib/libc.so.6: version `GLIBC_2.38' not found (required by x.node)"],
  ['ERR_DLOPEN_FAILED', 'dlopen(x.node, 0x0001): code signature not valid for use in process'],
  ['ERR_DLOPEN_FAILED', 'Error: \\\\?\\C:\\x.node is not a valid Win32 application.'],
  ['EACCES', "EACCES: permission denied, mkdir '/x'"],
  ['EPERM', 'EPERM: operation not permitted'],
])('P-26: %s is found in %j', (name, output) => {
  expect(environmentFault(`starting\n${output}\n\nNode.js v20.20.2\n`)).toBe(name);
});

test.each([
  '',
  "Error: Cannot find module 'missing'\n  code: 'MODULE_NOT_FOUND'",
  'TypeError: x is not a function\n    at Object.<anonymous> (cli.js:1:1)',
  'SENOSPCX EIOU',
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
])('P-27: %j is no fault of the machine', output => {
  expect(environmentFault(output)).toBeNull();
});

test('P-26: the last fault is the one that ended it', () => {
  expect(environmentFault('EADDRINUSE, trying the next port\nENOSPC')).toBe('ENOSPC');
});

test('P-26: a runtime that dies of a port in use says so', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const exit = await startFixture('fail-machine', ['port', String(port)]).exited;
  expect(exit).toMatchObject({ code: 1, external: false, environment: 'EADDRINUSE' });
  expect(exit.tail).toContain('EADDRINUSE');
});

test('P-26: a runtime that dies of a compiled module that does not load says so', async () => {
  const file = join(temporaryFolder(), 'broken.node');
  writeFileSync(file, 'no library at all, however long it is: the loader looks at the header');
  const exit = await startFixture('fail-machine', ['native', file]).exited;
  expect(exit).toMatchObject({ code: 1, environment: 'ERR_DLOPEN_FAILED' });
});

test.runIf(existsSync('/dev/full'))('P-26: a runtime that dies of a full disk says so', async () => {
  const exit = await startFixture('fail-machine', ['disk']).exited;
  expect(exit).toMatchObject({ code: 1, environment: 'ENOSPC' });
});
