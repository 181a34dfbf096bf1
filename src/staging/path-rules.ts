/** Names that Windows keeps for devices, with any extension and in any case. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;
/** Separators, streams and wildcards of Windows; control and invisible characters; what was no valid UTF-8. */
const forbidden = /[\\:<>"|?*\p{Cc}\p{Cf}\p{Cs}\uFFFD]/u;
/** Short names of FAT and NTFS: another spelling of a file that may be there already. */
const shortName = /^[^.]{1,6}~[0-9]+(?:\.[^.]{0,3})?$/;
/** Ours, in any spelling that a file system takes for the same. */
const reserved = /^\.stagedoor-/i;

const segmentFault = (segment: string): string | null => {
  if (segment === '') return 'has an empty segment';
  if (segment === '.' || segment === '..') return `has a ${segment} segment`;
  if (forbidden.test(segment)) return 'has a character that is not allowed';
  if (/[. ]$/.test(segment)) return 'has a segment that ends in a dot or a space';
  if (device.test(segment)) return 'has the name of a Windows device';
  if (shortName.test(segment)) return 'has a Windows short name';
  return null;
};

/**
 * What is wrong with a path of a package, below its top folder, or null (P-21). An attacker controls every character;
 * what passes means the same file on every system, and one inside the tree.
 */
export const pathFault = (path: string, maxLength: number): string | null => {
  if (path.length > maxLength) return `is longer than ${maxLength} characters`;
  if (reserved.test(path)) return 'has a name that is reserved';
  for (const segment of path.split('/')) {
    const fault = segmentFault(segment);
    if (fault !== null) return fault;
  }
  return null;
};

export type PathKind = 'file' | 'folder';

/** One spelling for all paths that some file system takes for the same one (case, composition, compatibility). */
const foldedPath = (path: string): string =>
  /^[\x20-\x7e]*$/.test(path)
    ? path.toLowerCase()
    : path.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();

export type PathRegister = {
  /** Takes a path in with the folders above it; gives back what it collides with, or null. */
  add(path: string, kind: PathKind): string | null;
};

/** Remembers all paths of a tree and finds two that would be one on another system. */
export const pathRegister = (): PathRegister => {
  const seen = new Map<string, { readonly path: string; readonly kind: PathKind }>();
  const folders = new Set<string>();
  const claim = (path: string, kind: PathKind): string | null => {
    const key = foldedPath(path);
    const other = seen.get(key);
    if (other === undefined) {
      seen.set(key, { path, kind });
      return null;
    }
    return kind === 'folder' && other.kind === 'folder' && other.path === path ? null : other.path;
  };
  const addFolder = (path: string): string | null => {
    if (folders.has(path)) return null;
    const cut = path.lastIndexOf('/');
    const fault = (cut > 0 ? addFolder(path.slice(0, cut)) : null) ?? claim(path, 'folder');
    if (fault === null) folders.add(path);
    return fault;
  };
  return {
    add: (path, kind) => {
      if (kind === 'folder') return addFolder(path);
      const cut = path.lastIndexOf('/');
      return (cut > 0 ? addFolder(path.slice(0, cut)) : null) ?? claim(path, 'file');
    },
  };
};
