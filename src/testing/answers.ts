import type { IncomingHttpHeaders } from 'node:http';
import {
  type Document,
  type PublishedPackage,
  packument,
  tarballName,
  toDocument,
  versionDocument,
} from './documents.ts';
import type { Subject } from './faults.ts';

/** What a well-behaved registry would send. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly gzipped?: Buffer;
};

/** A path of the registry, understood. */
export type Route = {
  readonly subject: Subject;
  readonly name: string;
  /** The tarball's file name, or the version or tag asked for. */
  readonly item: string;
  readonly kind: 'packument' | 'tarball' | 'version' | 'tags' | 'ping' | 'unknown';
};

/** What is published, and a memory of the documents made of it. */
export type Shelf = {
  readonly url: string;
  readonly packages: Map<string, PublishedPackage>;
  readonly documents: Map<string, Document>;
};

const routePattern = /^\/(?<name>@[^/%]+(?:\/|%2f)[^/]+|[^/@-][^/]*)(?:\/(?<dash>-\/)?(?<item>.+))?$/i;
const tagsPattern = /^\/-\/package\/(?<name>@[^/%]+(?:\/|%2f)[^/]+|[^/@]+)\/dist-tags$/i;

const plainName = (name = ''): string => name.replace(/%2f/i, '/');

/** Which of the registry's resources a path names. */
export const routeOf = (path: string): Route => {
  if (path === '/-/ping') return { subject: 'other', kind: 'ping', name: '', item: '' };
  const tags = tagsPattern.exec(path)?.groups;
  if (tags) {
    const { name } = tags;
    return { subject: 'other', kind: 'tags', name: plainName(name), item: '' };
  }
  const groups = routePattern.exec(path)?.groups;
  if (!groups) return { subject: 'other', kind: 'unknown', name: '', item: '' };
  const { name: quoted, dash, item } = groups;
  const name = plainName(quoted);
  if (item === undefined) return { subject: 'packument', kind: 'packument', name, item: '' };
  if (dash === undefined) return { subject: 'other', kind: 'version', name, item };
  return { subject: 'tarball', kind: 'tarball', name, item };
};

const json = 'application/json';
const shortJson = 'application/vnd.npm.install-v1+json';

const plain = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': json },
  body: Buffer.from(JSON.stringify(value)),
});

const notFound = (): Answer => plain(404, { error: 'Not found' });

const remembered = (shelf: Shelf, key: string, make: () => unknown): Document => {
  const known = shelf.documents.get(key);
  if (known !== undefined) return known;
  const made = toDocument(make());
  shelf.documents.set(key, made);
  return made;
};

const conditionalAnswer = (
  headers: IncomingHttpHeaders,
  etag: string,
  answer: Omit<Answer, 'status'>,
): Answer => {
  const all = { ...answer.headers, etag };
  return headers['if-none-match'] === etag
    ? { status: 304, headers: all, body: Buffer.alloc(0) }
    : { ...answer, status: 200, headers: all };
};

const packumentAnswer = (shelf: Shelf, published: PublishedPackage, headers: IncomingHttpHeaders): Answer => {
  const short = headers.accept?.includes(shortJson) === true;
  const { body, gzipped, etag } = remembered(shelf, `${published.name} ${short ? 'short' : 'full'}`, () =>
    packument(published, shelf.url, short ? 'short' : 'full'),
  );
  return conditionalAnswer(headers, etag, {
    headers: {
      'content-type': short ? shortJson : json,
      'cache-control': 'public, max-age=300',
      vary: 'accept-encoding, accept',
    },
    body,
    gzipped,
  });
};

const tarballAnswer = (published: PublishedPackage, file: string, headers: IncomingHttpHeaders): Answer => {
  const version = [...published.versions.keys()].find(one => tarballName(published.name, one) === file);
  const publication = version === undefined ? undefined : published.versions.get(version);
  if (publication === undefined) return notFound();
  return conditionalAnswer(headers, `"${publication.packed.shasum}"`, {
    headers: {
      'content-type': 'application/octet-stream',
      'cache-control': 'public, immutable, max-age=31557600',
    },
    body: publication.packed.tarball,
  });
};

const versionAnswer = (shelf: Shelf, published: PublishedPackage, wanted: string): Answer => {
  const publication = published.versions.get(published.tags.get(wanted) ?? wanted);
  return publication === undefined ? notFound() : plain(200, versionDocument(publication, shelf.url));
};

/** The answer of a registry that behaves. */
export const answerOf = (shelf: Shelf, route: Route, headers: IncomingHttpHeaders): Answer => {
  if (route.kind === 'ping') return plain(200, {});
  const published = shelf.packages.get(route.name);
  if (published === undefined) return notFound();
  switch (route.kind) {
    case 'packument':
      return packumentAnswer(shelf, published, headers);
    case 'tarball':
      return tarballAnswer(published, route.item, headers);
    case 'version':
      return versionAnswer(shelf, published, route.item);
    case 'tags':
      return plain(200, Object.fromEntries(published.tags));
    default:
      return notFound();
  }
};
