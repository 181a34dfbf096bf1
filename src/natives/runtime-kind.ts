import fs from 'node:fs';
import path from 'node:path';
import type { ExecutableFile } from './executable-file.ts';
import type { RuntimeKind } from './question.ts';

type Named = RuntimeKind | 'electron';

const names: readonly (readonly [Named, RegExp])[] = [
  ['electron', /^electron$/],
  ['node', /^(?:node|nodejs)(?:-?v?\d[\d.]*)?$/],
  ['python', /^(?:python|pypy|graalpy)w?(?:\d[\d.]*)?[dmtu]*w?$/],
];

/** What a file's name says. Others begin alike (`python3-config`, `node-gyp`) and are not meant. */
const kindByName = (file: string): Named | null => {
  const name = path
    .basename(file)
    .toLowerCase()
    .replace(/\.exe$/, '');
  return names.find(([, pattern]) => pattern.test(name))?.[0] ?? null;
};

type Shape = 'program' | 'script' | 'other';

const shapeOf = (head: Buffer): Shape => {
  if (head.length >= 2 && head.toString('latin1', 0, 2) === '#!') return 'script';
  const magic = head.length < 4 ? '' : head.toString('hex', 0, 4);
  const machO = /^(?:feedfac[ef]|c[ef]faedfe|cafebabe|cafebabf|bebafeca|bfbafeca)$/.test(magic);
  return magic === '7f454c46' || magic.startsWith('4d5a') || machO ? 'program' : 'other';
};

/** Only a Node has these, as a symbol or as a library that it needs; Deno and Bun have neither. */
const nodeMarks = ['_ZN4node5Start', '?Start@node@@', 'libnode.', 'Electron Framework'];
/** A program made of a Node and its own code: it would do its work instead of answering. */
const appMarks = ['NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1', "PAYLOAD_POSITION = '"];
/** Followed by version, length, and the state of the fuse `runAsNode`. */
const electronMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

const chunkBytes = 4 * 2 ** 20;
const largestProgram = 2 ** 30;
/** More than the longest mark and what follows it. */
const overlap = 256;

type Seen = { node: boolean; app: boolean };

const lookAt = (chunk: Buffer, seen: Seen): void => {
  const has = (mark: string): boolean => chunk.includes(mark, 0, 'latin1');
  if (!seen.node && nodeMarks.some(has)) seen.node = true;
  if (appMarks.some(has)) seen.app = true;
  const wire = chunk.indexOf(electronMark, 0, 'latin1');
  if (wire === -1) return;
  seen.node = true;
  // A fuse that is off (`0`): the app itself would start.
  if (chunk[wire + electronMark.length + 2] === 0x30) seen.app = true;
};

/** Reads the whole program once: an Electron bears the app's name, a Node may bear any. */
const kindByContent = async (file: fs.promises.FileHandle): Promise<RuntimeKind | null> => {
  const seen: Seen = { node: false, app: false };
  const buffer = Buffer.allocUnsafe(chunkBytes + overlap);
  for (let position = 0; position < largestProgram && !seen.app; position += chunkBytes) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    lookAt(buffer.subarray(0, bytesRead), seen);
    if (bytesRead < buffer.length) break;
  }
  return seen.node && !seen.app ? 'node' : null;
};

/**
 * How an executable may be asked without harm; null for what is no runtime, which is not started (N-02).
 * A script is asked only if its own name says so: a version manager's `node` or `python3` that hands over to the real one.
 * A program whose name, or whose real file's name, is a Python's or a Node's is asked as that; `electron` and any
 * other name must hold the marks of a Node that does not do an app's work instead. A Python under another name is not found:
 * what it holds, every program that embeds one holds as well.
 */
export const runtimeKind = async ({ called, real }: ExecutableFile): Promise<RuntimeKind | null> => {
  const named = kindByName(called) ?? kindByName(real);
  const file = await fs.promises.open(real, 'r');
  try {
    const head = Buffer.alloc(4);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const shape = shapeOf(head.subarray(0, bytesRead));
    if (shape === 'other') return null;
    if (named === 'node' || named === 'python') return named;
    if (shape === 'program') return await kindByContent(file);
    return named === 'electron' ? 'node' : null;
  } finally {
    await file.close();
  }
};
