import type { Release } from '../../machines/contract.ts';
import { diskFailure, StagedoorError } from '../failure.ts';
import type { Limits } from '../staging/limits.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { DocumentMemory } from './document-memory.ts';
import type { NpmSettings } from './npm-settings.ts';
import { registryFailure } from './registry-failure.ts';
import { watchRequests } from './request-watch.ts';

/** The events of pacote's stream that are used. */
type Body = {
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
};

export type TarballRequest = {
  readonly release: Release;
  /** The file to write; its folder exists. */
  readonly file: string;
  readonly settings: NpmSettings;
  readonly documents: DocumentMemory;
  readonly limits: Limits;
};

export type TarballProgress = (bytes: number, total: number | null) => void;

type Sink = { write(chunk: Uint8Array): void; bytes(): number; close(): void };

/** A file that is written synchronously: the chunks are small, and nothing is written after `close`. */
const openSink = (fs: FileSystem, file: string, maxBytes: number, subject: string): Sink => {
  const descriptor = fs.openSync(file, 'w');
  let bytes = 0;
  let open = true;
  return {
    bytes: () => bytes,
    write: chunk => {
      if (!open) return;
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        throw new StagedoorError('DOWNLOAD_TOO_LARGE', `${subject} is larger than ${maxBytes} bytes`);
      }
      for (let at = 0; at < chunk.byteLength; ) at += fs.writeSync(descriptor, chunk, at);
    },
    close: () => {
      if (!open) return;
      open = false;
      fs.closeSync(descriptor);
    },
  };
};

type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/** Never rejects: pacote would download a second time, and clean up in the user's own npm cache. */
const drain = (body: Body, sink: Sink, onBytes: (bytes: number) => void): Promise<Outcome> =>
  new Promise(resolve => {
    body.on('error', error => resolve({ ok: false, error }));
    body.on('end', () => resolve({ ok: true }));
    body.on('data', chunk => {
      try {
        sink.write(chunk);
        onBytes(sink.bytes());
      } catch (error) {
        sink.close();
        resolve({ ok: false, error: diskFailure(error, 'write the download') });
      }
    });
  });

/** Downloads a tarball into a file; only a file with the announced SHA-512 counts as downloaded (U-12). */
export const downloadTarball = async (
  fs: FileSystem,
  request: TarballRequest,
  signal: AbortSignal,
  report: TarballProgress,
): Promise<number> => {
  const { release, limits } = request;
  const about = { subject: `${release.name}@${release.version}`, kind: 'tarball' as const };
  const bounds = { ...about, maxBytes: limits.tarballBytes, deadlineMs: limits.downloadMs };
  const watch = watchRequests(bounds, signal);
  const sink = openSink(fs, request.file, limits.tarballBytes, about.subject);
  const onBytes = (bytes: number): void => report(bytes, watch.answer()?.length ?? null);
  const { settings, documents } = request;
  const { integrity } = release;
  const options = { ...settings, integrity, packumentCache: documents, signal: watch.signal };
  try {
    const { default: pacote } = await import('pacote');
    const handler = (body: unknown): Promise<Outcome> => drain(body as Body, sink, onBytes);
    const outcome = await watch.run(() => pacote.tarball.stream(about.subject, handler, options as object));
    if (!outcome.ok) throw outcome.error;
    return sink.bytes();
  } catch (error) {
    throw registryFailure(error, watch, about);
  } finally {
    sink.close();
  }
};
