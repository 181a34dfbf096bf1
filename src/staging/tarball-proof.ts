import { createHash } from 'node:crypto';
import type { FileSystem } from '../store/file-system.ts';

/** Does a downloaded file still have the SHA-512 that the registry announced? */
export const isAsAnnounced = async (fs: FileSystem, file: string, integrity: string): Promise<boolean> => {
  const hash = createHash('sha512');
  for await (const chunk of fs.createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  const actual = `sha512-${hash.digest('base64')}`;
  return integrity.split(/\s+/).some(announced => announced.replace(/\?.*$/, '') === actual);
};
