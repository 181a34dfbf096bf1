import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../folder.ts';

export type SecureFront = { readonly url: string; readonly certificate: string };

const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];

/** Null where there is no openssl. */
const newCertificate = (): { readonly key: string; readonly cert: string } | null => {
  const folder = temporaryFolder('certificate');
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject];
  try {
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key, cert };
  } catch {
    return null;
  }
};

/** A registry on loopback as it is seen over TLS, with a certificate that nobody knows. Null where there is no openssl. */
export const secureFront = async (plain: string): Promise<SecureFront | null> => {
  const made = newCertificate();
  if (made === null) return null;
  const server = createServer(
    { key: readFileSync(made.key), cert: readFileSync(made.cert) },
    (request, response) => {
      const { port } = server.address() as AddressInfo;
      const answer = async (): Promise<void> => {
        const given = await fetch(new URL(request.url ?? '/', plain));
        const body = given.body === null ? Buffer.alloc(0) : await buffer(given.body);
        const isDocument = given.headers.get('content-type')?.includes('json') === true;
        response.writeHead(given.status, {
          'content-type': given.headers.get('content-type') ?? 'text/plain',
        });
        response.end(isDocument ? body.toString().replaceAll(plain, `https://127.0.0.1:${port}`) : body);
      };
      answer().catch(() => response.destroy());
    },
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, certificate: made.cert };
};
