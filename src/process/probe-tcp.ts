import { pollUntil } from './polling.ts';
import { answers } from './port-taken.ts';
import type { ProofContext } from './probe-context.ts';

/** Ready when the port accepts connections on loopback. */
export const provenByTcp = (port: number, context: ProofContext): Promise<void> =>
  pollUntil(context, () => answers({ host: 'localhost', port }, context.signal));
