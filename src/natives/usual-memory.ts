import path from 'node:path';
import { type FileSystem, nodeFileSystem } from '../store/file-system.ts';
import { cacheFolder } from './cache-folder.ts';
import { createFitMemory, type FitMemory, forgetful } from './fit-memory.ts';

/** What all processes of a user share. A file system that a host gives is not the one that the cache is on. */
export const usualMemory = (fs: FileSystem): FitMemory =>
  fs === nodeFileSystem ? createFitMemory(fs, path.join(cacheFolder(), 'fits.json')) : forgetful;
