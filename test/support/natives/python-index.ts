import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../folder.ts';

export type PythonIndex = { readonly url: string; readonly asked: readonly string[] };

/** What an index does in the place of an answer; false: it answers. */
export type Mischief = (url: string, response: ServerResponse, authorization: string | undefined) => boolean;

const digest = (folder: string, file: string): string =>
  createHash('sha256')
    .update(readFileSync(path.join(folder, file)))
    .digest('hex');

/** Metadata beside the wheel (PEP 658), where a test has written it. */
const metadataName = (folder: string, file: string): string | null =>
  existsSync(path.join(folder, `${file}.metadata`)) ? `${file}.metadata` : null;

const announced = (folder: string, file: string): string => {
  const metadata = metadataName(folder, file);
  const hash = metadata === null ? '' : `sha256=${digest(folder, metadata)}`;
  return hash === '' ? '' : ` data-core-metadata="${hash}" data-dist-info-metadata="${hash}"`;
};

const asHtml = (folder: string, files: readonly string[]): string =>
  files
    .map(
      file =>
        `<a href="../../files/${file}#sha256=${digest(folder, file)}"${announced(folder, file)}>${file}</a><br>`,
    )
    .join('\n');

const asJson = (folder: string, files: readonly string[]): string =>
  JSON.stringify({
    meta: { 'api-version': '1.0' },
    files: files.map(file => ({
      filename: file,
      url: `../../files/${file}`,
      hashes: { sha256: digest(folder, file) },
    })),
  });

const ofName = (folder: string, name: string): readonly string[] =>
  readdirSync(folder).filter(
    file =>
      !file.endsWith('.metadata') && /^([^-]+)-/.exec(file)?.[1]?.replaceAll('_', '-').toLowerCase() === name,
  );

/** A package index on loopback over the archives of a folder, for one test. */
export const pythonIndex = async (
  folder: string,
  { json = false, mischief = () => false }: { readonly json?: boolean; readonly mischief?: Mischief } = {},
): Promise<PythonIndex> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.push(url);
    const done: boolean = mischief(url, response, request.headers.authorization);
    if (done) return;
    const [, name] = /^\/simple\/([^/]+)\/$/.exec(url) ?? [];
    const [, file] = /^\/files\/([^/]+)$/.exec(url) ?? [];
    if (file !== undefined) response.end(readFileSync(path.join(folder, file)));
    else if (name === undefined) response.writeHead(404).end();
    else {
      const type = json ? 'application/vnd.pypi.simple.v1+json' : 'text/html';
      response.setHeader('content-type', type);
      response.end((json ? asJson : asHtml)(folder, ofName(folder, name)));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/simple`, asked };
};

/** An index that takes the request and never answers; resolves when the first has come. */
export const silentIndex = async (): Promise<{ url: string; asked: Promise<void> }> => {
  let resolve = (): void => undefined;
  const promise = new Promise<void>(settle => {
    resolve = settle;
  });
  const index = await pythonIndex(temporaryFolder(), {
    mischief: () => {
      resolve();
      return true;
    },
  });
  return { url: index.url, asked: promise };
};
