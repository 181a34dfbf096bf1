import net from 'node:net';
import type { ProbeSpec } from './probe-spec.ts';

/** Windows answers a closed port only after seconds of retries; a listening one on loopback takes a millisecond. */
const answerMs = 300;

export type Place = { readonly host: string; readonly port: number };

/** Does something accept connections there? */
export const answers = ({ host, port }: Place, signal?: AbortSignal): Promise<boolean> =>
  new Promise(resolve => {
    const socket = net.connect({ host, port });
    const settle = (answered: boolean) => (): void => {
      signal?.removeEventListener('abort', gaveUp);
      socket.destroy();
      resolve(answered);
    };
    const gaveUp = settle(false);
    signal?.addEventListener('abort', gaveUp, { once: true });
    socket.setTimeout(answerMs, gaveUp);
    socket.once('connect', settle(true));
    socket.on('error', gaveUp);
    if (signal?.aborted === true) gaveUp();
  });

/** Where a probe looks; null for one that needs no port. */
export const probePlace = (spec: ProbeSpec): Place | null => {
  if (spec.kind === 'tcp') return { host: 'localhost', port: spec.port };
  if (spec.kind !== 'http') return null;
  const { hostname, port, protocol } = new URL(spec.url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
};

/** Is the probe's port answered already? Asked before the spawn: later the answer could be the child's own (P-29). */
export const portTaken = async (spec: ProbeSpec): Promise<boolean> => {
  const place = probePlace(spec);
  return place !== null && (await answers(place));
};
