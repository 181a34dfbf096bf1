import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerOf, routeOf, type Shelf } from './answers.ts';
import type { PublishedPackage, PublishOptions } from './documents.ts';
import { createFaultList, type Fault, type FaultList, type FaultMatch, type Subject } from './faults.ts';
import { encoded, misbehave, send } from './misbehaviour.ts';
import type { PackedPackage } from './packages.ts';

/** A request that the registry got. */
export type SeenRequest = {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly subject: Subject;
  /** It asked for the document only if that has changed. */
  readonly conditional: boolean;
  /** The status it was answered with; null as long as there is no answer. */
  readonly status: number | null;
};

/** An npm registry on loopback that misbehaves when it is told to. */
export type LoopbackRegistry = {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Every request so far, oldest first; it grows as they come. */
  readonly requests: readonly SeenRequest[];
  /** Publishes a version, or replaces it. */
  publish(packed: PackedPackage, options?: PublishOptions): void;
  /** Moves a dist-tag, backwards too. */
  tag(name: string, tag: string, version: string): void;
  /** Arms a fault; the function that comes back disarms it. */
  fault(match: FaultMatch, fault: Fault): () => void;
  /** Disarms all faults. */
  behave(): void;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
};

type Entry = { -readonly [Field in keyof SeenRequest]: SeenRequest[Field] };

const FIRST_PUBLICATION = Date.parse('2024-01-01T00:00:00.000Z');
const MINUTE = 60_000;

const addPublication = (shelf: Shelf, packed: PackedPackage, options: PublishOptions): void => {
  const known = shelf.packages.get(packed.name);
  const published: PublishedPackage = known ?? {
    name: packed.name,
    tags: new Map(),
    versions: new Map(),
    times: new Map(),
  };
  const usualTime = new Date(FIRST_PUBLICATION + published.versions.size * MINUTE).toISOString();
  published.versions.set(packed.version, { packed, options });
  published.times.set(packed.version, options.time ?? usualTime);
  published.tags.set(options.tag ?? 'latest', packed.version);
  shelf.packages.set(packed.name, published);
  shelf.documents.clear();
};

const moveTag = (shelf: Shelf, name: string, tag: string, version: string): void => {
  const published = shelf.packages.get(name);
  if (!published?.versions.has(version)) throw new TypeError(`${name}@${version} has not been published`);
  published.tags.set(tag, version);
  shelf.documents.clear();
};

const recordRequest = (requests: Entry[], request: IncomingMessage, subject: Subject): Entry => {
  const entry: Entry = {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    subject,
    conditional:
      request.headers['if-none-match'] !== undefined || request.headers['if-modified-since'] !== undefined,
    status: null,
  };
  requests.push(entry);
  return entry;
};

const respond = (
  shelf: Shelf,
  faults: FaultList,
  requests: Entry[],
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const path = (request.url ?? '').replace(/[?#].*$/, '');
  const route = routeOf(path);
  const entry = recordRequest(requests, request, route.subject);
  const plain = answerOf(shelf, route, request.headers);
  const answer = encoded(plain, request.headers['accept-encoding']);
  const fault = faults.take(path, route.subject);
  if (fault === undefined) send(response, answer);
  else misbehave(response, fault, plain, answer);
  entry.status = response.headersSent ? response.statusCode : null;
};

/** Starts a registry on a free port of 127.0.0.1. It holds nothing until something is published. */
export const startRegistry = async (): Promise<LoopbackRegistry> => {
  const faults = createFaultList();
  const requests: Entry[] = [];
  const server = createServer((request, response) => respond(shelf, faults, requests, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port');
  const url = `http://127.0.0.1:${address.port}`;
  const shelf: Shelf = { url, packages: new Map(), documents: new Map() };
  return {
    url,
    requests,
    publish: (packed, options = {}) => addPublication(shelf, packed, options),
    tag: (name, tag, version) => moveTag(shelf, name, tag, version),
    fault: faults.add,
    behave: faults.clear,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
