import { fileURLToPath } from 'node:url';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { readSmallFile } from '../store/small-file.ts';

/** Where the build puts it. */
export const pageFile: string = fileURLToPath(new URL('../../viewer.html', import.meta.url));

const maxPageBytes = 4 << 20;

/** The one page of the viewer. */
export const readPage = (fs: Pick<FileSystem, 'statSync' | 'readFileSync'>): string => {
  const read = readSmallFile(fs, pageFile, maxPageBytes);
  if (read.kind === 'text') return read.text;
  const why = read.kind === 'absent' ? 'is missing' : `can't be used: ${read.reason}`;
  throw new StagedoorError('INTERNAL', `the page of the viewer ${why} (${pageFile})`, {
    hint: 'Install stagedoor anew; in its own folder, npm run build makes the page.',
  });
};
