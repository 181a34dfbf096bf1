import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { JournalFile } from '../film/journal-lines.ts';
import { answer, manyStreams, type ViewerParts } from './answers.ts';
import { openLiveLines } from './live-lines.ts';
import { pagePolicy } from './page-headers.ts';
import { checkRequest, type Door } from './request-check.ts';

export type ViewerOptions = {
  /** The one page. */
  readonly page: string;
  /** A journal to replay; null: processes are followed as they run. */
  readonly journal: readonly JournalFile[] | null;
  /** 0: one that is free. */
  readonly port: number;
  /** For the address; by default one that nobody can guess. */
  readonly token?: string | undefined;
  /** How long a process may be silent at first. */
  readonly silenceMs?: number | undefined;
};

export type Viewer = {
  readonly address: string;
  readonly close: () => Promise<void>;
};

/** Listens on this machine alone. */
const listen = (server: http.Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/** Serves the page, what it is given, and what processes tell, to whoever knows the address. */
export const openViewer = async (options: ViewerOptions): Promise<Viewer> => {
  const token = options.token ?? randomBytes(24).toString('base64url');
  // A process tells its journal in one request that lasts as long as it lives.
  const server = http.createServer({ requestTimeout: 0, headersTimeout: 10_000 });
  server.maxConnections = 4 * manyStreams;
  const port = await listen(server, options.port);
  const { page, journal, silenceMs } = options;
  const door: Door = { port, token, isLive: journal === null };
  const parts: ViewerParts = {
    page,
    policy: pagePolicy(page),
    journal,
    live: openLiveLines(),
    streams: { live: new Set(), lines: new Set() },
    silenceMs,
  };
  server.on('request', (request, response) => answer(parts, checkRequest(request, door), request, response));
  return {
    address: `http://127.0.0.1:${port}/${token}/`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
