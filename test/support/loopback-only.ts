import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/**
 * The certificates that a machine adds (`NODE_EXTRA_CA_CERTS`) cost each Node that begins more time than the rest of its
 * start, and tests begin thousands that talk over loopback only. Those that ask a registry beyond this machine keep them.
 */
const file = expect.getState().testPath ?? '';
const asksRegistry =
  /[\\/]test[\\/]flows[\\/]/.test(file) || readFileSync(file, 'utf8').includes('real-packages');

const certificates = process.env.STAGEDOOR_CERTIFICATES ?? process.env.NODE_EXTRA_CA_CERTS;
if (asksRegistry && certificates !== undefined) process.env.NODE_EXTRA_CA_CERTS = certificates;
else delete process.env.NODE_EXTRA_CA_CERTS;
