import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A forward proxy on loopback that remembers what it was asked for. */
export const startForwardProxy = async (): Promise<{
  readonly asked: readonly string[];
  readonly place: string;
}> => {
  const asked: string[] = [];
  const server = createServer((incoming, outgoing) => {
    asked.push(incoming.url ?? '');
    const onward = request(incoming.url ?? '', { method: incoming.method, headers: incoming.headers });
    onward.on('response', answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, place: `127.0.0.1:${(server.address() as AddressInfo).port}` };
};
