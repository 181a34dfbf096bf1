import type { RequestOptions } from 'node:http';
import { pollUntil } from './polling.ts';
import type { ProofContext } from './probe-context.ts';

/** A server that accepts and then says nothing is asked again. */
const answerMs = 2000;

const options = {
  // No pool: nothing is left open when the probe is over.
  agent: false,
  headers: { connection: 'close' },
  // The child's own certificate on loopback: nothing is sent to it, and nothing it says is trusted.
  rejectUnauthorized: false,
} satisfies RequestOptions & { rejectUnauthorized: boolean };

/** Ready when the URL answers with any status below 500. */
export const provenByHttp = async (url: string, context: ProofContext): Promise<void> => {
  const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  const ask = (): Promise<boolean> =>
    new Promise(resolve => {
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(answerMs)]);
      const asked = request(url, { ...options, signal }, response => {
        response.destroy();
        resolve((response.statusCode ?? 500) < 500);
      });
      asked.on('error', () => resolve(false));
      asked.end();
    });
  await pollUntil(context, ask);
};
