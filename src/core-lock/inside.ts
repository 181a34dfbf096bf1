import path from 'node:path';

/** Is `dir` the root or below it? Both are real paths. */
export const isInside = (root: string, dir: string): boolean => {
  const relative = path.relative(root, dir);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
};
