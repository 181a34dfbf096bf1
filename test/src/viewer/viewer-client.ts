import { once } from 'node:events';
import http from 'node:http';
import { onTestFinished } from 'vitest';
import { openViewer, type Viewer, type ViewerOptions } from '#src/viewer/server.js';

export const page = '<!doctype html><title>charts</title><script>document.title += "!";</script>';

/** A viewer that is closed when the test has ended. */
export const viewerForTest = async (options: Partial<ViewerOptions> = {}): Promise<Viewer> => {
  const viewer = await openViewer({ page, journal: null, port: 0, ...options });
  onTestFinished(viewer.close);
  return viewer;
};

type Question = {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type Answer = {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
};

/** One request, with whatever headers: `fetch` would not let a test lie about its host. */
export const ask = async (
  address: string,
  { method = 'GET', path = '', headers = {}, body = '' }: Question = {},
): Promise<Answer> => {
  const { port, pathname } = new URL(address);
  const place = path.startsWith('/') ? path : pathname + path;
  const request = http.request({ host: '127.0.0.1', port, path: place, method, headers, agent: false });
  request.end(body);
  const [response]: [http.IncomingMessage] = await once(request, 'response').then(([got]) => [got]);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: response.statusCode,
    headers: response.headers,
    text: Buffer.concat(chunks).toString('utf8'),
  };
};

export type Message = { readonly event: string; readonly data: string };

const messageOf = (text: string): Message => {
  const fields = new Map(
    text.split('\n').map(line => {
      const [, name = '', value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      return [name, value];
    }),
  );
  return { event: fields.get('event') ?? '', data: fields.get('data') ?? '' };
};

/** What a page hears: a browser's EventSource, by hand. */
export const listenTo = async (address: string) => {
  const request = http.get(new URL('live', address), { agent: false });
  const [response]: [http.IncomingMessage] = await once(request, 'response').then(([got]) => [got]);
  const messages: Message[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() ?? '';
    messages.push(...parts.map(messageOf));
    for (const look of waiting) look();
  });
  response.on('error', () => undefined);
  onTestFinished(() => void request.destroy());
  const texts = (event: string): string[] =>
    messages.filter(message => message.event === event).map(({ data }) => data);
  const heard = {
    status: response.statusCode,
    lines: () => texts('line'),
    states: () => texts('state').map(data => JSON.parse(data) as unknown),
    /** Resolves when what was heard is as wanted. */
    until: (isThere: (so_far: { lines: string[]; states: string[] }) => boolean): Promise<void> =>
      new Promise(resolve => {
        const look = (): void => {
          if (!isThere({ lines: texts('line'), states: texts('state') })) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    leave: () => void request.destroy(),
    closed: new Promise<void>(resolve => response.on('close', resolve)),
  };
  return heard;
};

/** A process that tells something, by hand. `status` resolves to what it is answered; null: it is cut off. */
export const tellTo = (address: string) => {
  const request = http.request(address, { method: 'POST', agent: false });
  const status = new Promise<number | null>(resolve => {
    request.on('response', response => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
  onTestFinished(() => void request.destroy());
  return {
    write: (text: string) => void request.write(text),
    end: () => void request.end(),
    kill: () => void request.destroy(),
    status,
  };
};

/** A line as a journal has it. */
export const lineOf = (seq: number, more: object = {}): string =>
  JSON.stringify({ schema: 1, pid: 7, run: 'a', seq, event: 'runtime:ready', ...more });
