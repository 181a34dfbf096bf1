/** A place below the root of the model, with forward slashes. */
export type Place = string;

/** What a program may claim once it has been told so: from here on a power cut must not take it back. */
export type Report = {
  readonly kind: 'report';
  readonly what: string;
  /** What a start may launch from here on; before it, also what it could launch until then. */
  readonly launch?: readonly string[] | undefined;
};

/** One change of the disk, or a flush of it, as a program made it. */
export type Operation =
  | {
      readonly kind: 'create' | 'mkdir';
      readonly path: Place;
      readonly mode: number;
      readonly mtimeMs: number;
    }
  | {
      readonly kind: 'write';
      readonly path: Place;
      readonly data: Buffer;
      /** Null: at the end. */
      readonly position: number | null;
      readonly mtimeMs: number;
    }
  | { readonly kind: 'truncate'; readonly path: Place; readonly length: number; readonly mtimeMs: number }
  | { readonly kind: 'chmod'; readonly path: Place; readonly mode: number }
  | { readonly kind: 'rename'; readonly path: Place; readonly to: Place }
  | { readonly kind: 'unlink' | 'rmdir'; readonly path: Place }
  | { readonly kind: 'flush'; readonly path: Place }
  | Report;

/** An operation as it stands in a failure message. */
export const spell = (operation: Operation): string => {
  if (operation.kind === 'report') return `report "${operation.what}"`;
  const to = operation.kind === 'rename' ? ` → ${operation.to}` : '';
  return `${operation.kind} ${operation.path}${to}`;
};

export const folderOf = (place: Place): Place => place.slice(0, Math.max(0, place.lastIndexOf('/')));
export const nameOf = (place: Place): string => place.slice(place.lastIndexOf('/') + 1);
export const isWithin = (place: Place, folder: Place): boolean =>
  place === folder || place.startsWith(`${folder}/`);
