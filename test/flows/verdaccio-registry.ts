import { once } from 'node:events';
import type { Server } from 'node:http';
import path from 'node:path';
import { runServer } from 'verdaccio';

/** A registry that nobody here wrote, on a free port of 127.0.0.1. */
export type VerdaccioRegistry = {
  /** Without a slash at the end. */
  readonly url: string;
  /** What its one user authenticates with. */
  readonly token: string;
  close(): Promise<void>;
};

const addUser = async (url: string): Promise<string> => {
  const name = 'publisher';
  const response = await fetch(`${url}/-/user/org.couchdb.user:${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: 'a-password-of-this-test' }),
  });
  const answer: unknown = await response.json();
  if (typeof answer === 'object' && answer !== null && 'token' in answer) return String(answer.token);
  throw new TypeError(`no token from Verdaccio: ${JSON.stringify(answer)}`);
};

/** Starts Verdaccio with its storage in a folder. Nothing is read or published without its user's token. */
export const startVerdaccio = async (folder: string): Promise<VerdaccioRegistry> => {
  const configPath = path.join(folder, 'config.yaml');
  const server: Server = await runServer({
    configPath,
    self_path: configPath,
    storage: path.join(folder, 'storage'),
    auth: { htpasswd: { file: path.join(folder, 'htpasswd'), max_users: 1 } },
    uplinks: {},
    packages: { '**': { access: '$authenticated', publish: '$authenticated' } },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
    web: { enable: false },
  } as unknown as Parameters<typeof runServer>[0]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    token: await addUser(url),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
