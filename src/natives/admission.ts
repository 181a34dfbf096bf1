/** npm's rule for `os`, `cpu` and `libc`: a `!name` excludes, any plain name makes it a list of what is admitted. */
export const isAdmitted = (wanted: readonly string[], actual: string | null): boolean => {
  if (wanted.length === 0 || (wanted.length === 1 && wanted[0] === 'any')) return true;
  if (actual === null || wanted.includes(`!${actual}`)) return false;
  return wanted.includes(actual) || wanted.every(name => name.startsWith('!'));
};
