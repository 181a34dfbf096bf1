/** What a `site-packages` may hold to be read at all; real ones have a small part of it. */
export const pythonLimits: Readonly<
  Record<'distributions' | 'modules' | 'version' | 'name' | 'metadata' | 'list', number>
> = {
  distributions: 50_000,
  /** Top-level modules of one distribution. */
  modules: 20_000,
  /** Characters. */
  version: 256,
  name: 255,
  /** Bytes of `METADATA` or `PKG-INFO`, which have the whole description in them. */
  metadata: 4 * 2 ** 20,
  /** Bytes of `top_level.txt`, `RECORD` or `installed-files.txt`. */
  list: 16 * 2 ** 20,
};
