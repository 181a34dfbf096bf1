import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A path as the calls of the system take it, as an absolute text. */
export const absolute = (place: unknown): string => {
  if (place instanceof URL) return fileURLToPath(place);
  if (typeof place === 'string') return path.resolve(place);
  if (Buffer.isBuffer(place)) return path.resolve(place.toString());
  throw new TypeError(`this file system takes paths, got ${typeof place}`);
};

/** The files behind the open descriptors, under their present names. */
export type OpenFiles = {
  opened(descriptor: number, place: string): void;
  closed(descriptor: number): void;
  renamed(from: string, to: string): void;
  pathOf(descriptor: number): string;
};

export const openFiles = (): OpenFiles => {
  const places = new Map<number, string>();
  return {
    opened: (descriptor, place) => void places.set(descriptor, place),
    closed: descriptor => void places.delete(descriptor),
    pathOf: descriptor => places.get(descriptor) ?? '',
    renamed: (from, to) => {
      for (const [descriptor, place] of places) {
        if (place === from || place.startsWith(from + path.sep)) {
          places.set(descriptor, to + place.slice(from.length));
        }
      }
    },
  };
};
