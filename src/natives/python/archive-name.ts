/** What the name of an archive says of it. */
export type ArchiveName = { readonly name: string; readonly version: string };

/** `name-version-…-tag.whl` and `name-version.tar.gz`; null for what is neither. */
export const archiveName = (file: string): ArchiveName | null => {
  const wheel = /^([\w.]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$/.exec(file);
  const source = /^(.+)-(\d[^-]*)\.(?:tar\.gz|zip|tar\.bz2)$/.exec(file);
  const [, name, version] = wheel ?? source ?? [];
  return name === undefined || version === undefined ? null : { name: name.replaceAll('_', '-'), version };
};
