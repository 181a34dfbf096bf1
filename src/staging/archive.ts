import { createRequire } from 'node:module';
import { createGunzip } from 'node:zlib';
import type { Parser, ReadEntry } from 'tar';
import { errnoOf, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Limits } from './limits.ts';

/** One file or folder of a tarball as its header announces it; nothing of it has been checked. */
export type ArchiveEntry = {
  readonly path: string;
  readonly type: string;
  readonly mode: number;
  readonly size: number;
};

export type ArchiveVisitor = {
  /** May throw to refuse the archive. */
  onEntry(entry: ArchiveEntry): void;
  onData(chunk: Uint8Array): void;
  onEnd(): void;
  /** Called now and then with the bytes of the archive that have been read. */
  onProgress(bytes: number): void;
};

const blockBytes = 512;
const chunkBytes = 1024 * 1024;
const padded = (bytes: number): number => Math.ceil(bytes / blockBytes) * blockBytes;

const unsafe = (why: string, cause?: unknown): StagedoorError =>
  new StagedoorError('PACKAGE_UNSAFE', `the tarball ${why}`, { cause });

/** POSIX, GNU and the oldest form. What else is in this place makes a prefix of the path for some readers and none for others. */
const magics: ReadonlySet<string> = new Set(['ustar\x0000', 'ustar  \0', '\0'.repeat(8)]);
const magicAt = 257;

/** Where the last byte that is not zero lies; -1 if all are zero. */
const lastByteSet = (chunk: Uint8Array): number => {
  let at = chunk.byteLength - 1;
  while (at >= 0 && chunk[at] === 0) at -= 1;
  return at;
};

/**
 * Bounds on what comes out of the decompressor, and the proof that nothing lies behind the end of the archive: what
 * one reader ignores, another one may unpack.
 */
const inflation = (archiveBytes: number, limits: Limits) => {
  const maxBytes = limits.unpackedBytes + limits.files * 4 * blockBytes;
  let inflated = 0;
  let lastSet = -1;
  let [tail, last]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  return {
    take: (chunk: Buffer): void => {
      tail = Buffer.concat([tail, last.subarray(-blockBytes)]).subarray(-blockBytes);
      last = chunk;
      if (inflated === 0 && isCompressed(chunk)) throw unsafe('is compressed twice');
      const at = lastByteSet(chunk);
      if (at >= 0) lastSet = inflated + at;
      inflated += chunk.byteLength;
      if (inflated > maxBytes) {
        throw new StagedoorError('DOWNLOAD_TOO_LARGE', `the package unpacks to more than ${maxBytes} bytes`);
      }
      if (inflated > limits.ratioFloorBytes && inflated > archiveBytes * limits.ratio) {
        throw unsafe(`unpacks to more than ${limits.ratio} times its size`);
      }
    },
    assertKnownForm: (header: number): void => {
      const at = header + magicAt - (inflated - last.length);
      // A header may begin in the chunk before.
      const [bytes, from] =
        at < 0 ? [Buffer.concat([tail, last.subarray(0, blockBytes)]), at + tail.length] : [last, at];
      if (!magics.has(bytes.toString('latin1', from, from + 8)))
        throw unsafe('holds a header of an unknown form');
    },
    assertNothingAfter: (end: number): void => {
      if (lastSet >= end) throw unsafe('holds data after its end');
    },
  };
};

/** gzip, zstd: the parser would look inside, past our bounds. */
const isCompressed = (chunk: Uint8Array): boolean =>
  (chunk[0] === 0x1f && chunk[1] === 0x8b) || (chunk[0] === 0x28 && chunk[1] === 0xb5);

/** Names and sizes for all files at once are ignored by some readers and followed by others. */
const isForAll = ({ globalExtended: all }: ReadEntry): boolean =>
  (all?.path ?? all?.linkpath ?? all?.size) !== undefined;

/** Everything between parser and visitor is synchronous: a throw of either ends the reading. */
const connect = (
  parser: Parser,
  visitor: ArchiveVisitor,
  assertKnownForm: (header: number) => void,
): { end(): number | null } => {
  let end = 0;
  let ended = false;
  parser.on('error', (error: unknown) => {
    if (error instanceof StagedoorError) throw error;
    throw unsafe(`is damaged (${error instanceof Error ? error.message : 'unknown fault'})`, error);
  });
  parser.on('ignoredEntry', (entry: ReadEntry) => {
    throw unsafe(`holds ${JSON.stringify(entry.header.path)} of the kind ${entry.type}`);
  });
  parser.on('meta', (text: string) => {
    // What follows a NUL would be dropped from the path: two readers could see two names.
    if (/\0[^\0]/.test(text)) throw unsafe('holds a header with a NUL');
    // The parser takes such a record for none, another reader for something.
    if (/^\d+ size=(?!\d{1,16}$)/m.test(text)) throw unsafe('holds a size that is no number');
    end += blockBytes + padded(Buffer.byteLength(text));
  });
  parser.on('entry', (entry: ReadEntry) => {
    assertKnownForm(end);
    end += blockBytes + entry.startBlockSize;
    const { header, type, mode = 0, size } = entry;
    if (isForAll(entry)) throw unsafe('holds a name or a size for all files');
    visitor.onEntry({ path: header.path ?? '', type, mode, size });
    entry.on('data', chunk => visitor.onData(chunk));
    entry.on('end', () => visitor.onEnd());
  });
  parser.on('eof', () => {
    ended = true;
  });
  return { end: () => (ended ? end : null) };
};

const readFault = (error: unknown): unknown => {
  const code = errnoOf(error);
  return code?.startsWith('Z_') || code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END'
    ? unsafe(`is no intact gzip file (${code})`, error)
    : error;
};

/** Required, not imported: pacote has loaded the same files already, and as modules they would be loaded a second time. */
const newParser = (): Parser => {
  const tar = createRequire(import.meta.url)('tar') as typeof import('tar');
  return new tar.Parser({ strict: true });
};

/** Reads a gzipped tarball once, inflating on the thread pool while the visitor works here. */
export const readArchive = async (
  fs: FileSystem,
  file: string,
  limits: Limits,
  visitor: ArchiveVisitor,
  signal: AbortSignal,
): Promise<void> => {
  const { size } = await fs.promises.stat(file);
  const source = fs.createReadStream(file, { highWaterMark: chunkBytes });
  const gunzip = createGunzip({ chunkSize: chunkBytes, readableHighWaterMark: 4 * chunkBytes } as object);
  source.on('error', error => gunzip.destroy(error));
  source.pipe(gunzip);
  const parser = newParser();
  const bounds = inflation(size, limits);
  const connection = connect(parser, visitor, bounds.assertKnownForm);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      bounds.take(chunk);
      parser.write(chunk);
      visitor.onProgress(gunzip.bytesWritten);
    }
    parser.end();
  } catch (error) {
    throw readFault(error);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  const end = connection.end();
  if (end === null) throw unsafe('ends without an end mark');
  bounds.assertNothingAfter(end);
  if (gunzip.bytesWritten !== size) throw unsafe('holds data after its end');
};
