import { gzipSync } from 'node:zlib';
import { Header, type HeaderData, Pax } from 'tar';

/** Any entry of a tar archive, however hostile. Nothing is normalised or checked. */
export type RawEntry = {
  /** The path exactly as it stands in the archive, `package/` included; a pax header carries what does not fit. */
  readonly path: string;
  /** Default `File`. */
  readonly type?: HeaderData['type'];
  readonly content?: string | Buffer;
  /** Default 0o644; the high bits (setuid, setgid, sticky) are written as given. */
  readonly mode?: number;
  /** Target of a link. */
  readonly linkpath?: string;
  readonly devmaj?: number;
  readonly devmin?: number;
  /** The size that the header announces; default: that of the content. */
  readonly size?: number;
  /** True: `path` and `linkpath` travel in a pax header, the plain header names `innocent`. */
  readonly pax?: boolean;
  /** Damages the header block. Its checksum is made to fit again, unless this gives back `keep-checksum`. */
  readonly damage?: (header: Buffer) => 'keep-checksum' | undefined;
};

export type RawTarballOptions = {
  /** False: the two empty blocks that end an archive are left out. Default true. */
  readonly end?: boolean;
  /** Bytes after the end of the archive, inside the gzip stream. */
  readonly trailer?: Buffer;
  /** False: a bare tar archive. Default true. */
  readonly gzip?: boolean;
};

const BLOCK = 512;
const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;
/** The date npm gives to every file, so that the same files are the same bytes. */
const MTIME = new Date('1985-10-26T08:15:00.000Z');

const padded = (content: Buffer): Buffer =>
  Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);

const repairChecksum = (header: Buffer): void => {
  header.fill(' ', CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_LENGTH);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT, 'latin1');
};

const entryBlocks = (entry: RawEntry): Buffer[] => {
  const content = Buffer.from(entry.content ?? '');
  const header = new Header({
    path: entry.pax === true ? 'innocent' : entry.path,
    type: entry.type ?? 'File',
    mode: entry.mode ?? 0o644,
    uid: 0,
    gid: 0,
    size: entry.size ?? content.length,
    mtime: MTIME,
    linkpath: entry.pax === true ? '' : (entry.linkpath ?? ''),
    devmaj: entry.devmaj ?? 0,
    devmin: entry.devmin ?? 0,
  });
  const block = Buffer.alloc(BLOCK);
  const needsPax = header.encode(block) || entry.pax === true;
  if (entry.damage !== undefined && entry.damage(block) !== 'keep-checksum') repairChecksum(block);
  const names = entry.linkpath === undefined ? {} : { linkpath: entry.linkpath };
  const pax = needsPax ? [new Pax({ path: entry.path, ...names }).encode()] : [];
  return [...pax, block, padded(content)];
};

const withoutHostByte = (gzipped: Buffer): Buffer => {
  // RFC 1952: the tenth byte names the operating system; 255 is "unknown" and the same everywhere.
  gzipped[9] = 255;
  return gzipped;
};

/** A package tarball of exactly these entries, the same bytes for the same entries on every machine. */
export const rawTarball = (entries: readonly RawEntry[], options: RawTarballOptions = {}): Buffer => {
  const end = options.end === false ? [] : [Buffer.alloc(2 * BLOCK)];
  const archive = Buffer.concat([
    ...entries.flatMap(entryBlocks),
    ...end,
    ...(options.trailer === undefined ? [] : [options.trailer]),
  ]);
  return options.gzip === false ? archive : withoutHostByte(gzipSync(archive));
};
