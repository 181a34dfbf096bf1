import type { FileSystem } from '../../store/file-system.ts';
import type { Layout } from '../../store/layout.ts';

export const claimScratch = async (
  _fs: FileSystem,
  _layout: Layout,
  _stamp: string,
  _signal: AbortSignal,
): Promise<string | null> => null;

export const awaitOther = async (
  _fs: FileSystem,
  _layout: Layout,
  _stamp: string,
  _signal: AbortSignal,
): Promise<void> => undefined;
