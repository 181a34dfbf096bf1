import { diskFailure } from '../failure.ts';
import { flushFolder } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import type { Layout } from './layout.ts';
import { withLock } from './lock.ts';
import { readPointer } from './pointer.ts';
import { strictly } from './strict-reading.ts';

/** Removes a pointer that can't be understood, a folder in its place included; true if there was one. */
export const removeInvalidPointer = (fs: FileSystem, layout: Layout, entry?: string): Promise<boolean> =>
  withLock(layout, 'current.json', async () => {
    // One that can't be read now may be a good one.
    if (readPointer(strictly(fs), layout, entry).kind !== 'invalid') return false;
    try {
      fs.rmSync(layout.current, { recursive: true, force: true });
      await flushFolder(fs, layout.root);
    } catch (error) {
      throw diskFailure(error, 'remove the invalid pointer');
    }
    return true;
  });
