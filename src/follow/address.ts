/** What `stagedoor visualize` prints: this machine itself, and a path that nobody can guess. */
const written = '^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?/[A-Za-z0-9_-]{16,128}/?$';

export const followPattern: RegExp = new RegExp(written);

export const followWish = 'the address that stagedoor visualize prints: http://127.0.0.1:PORT/TOKEN/';

/** Where a viewer listens, in the parts that a request is made of. */
export type FollowAddress = { readonly host: string; readonly port: number; readonly path: string };

/** Null: not on this machine, or no such address. What happens here is told to nobody else. */
export const followAddress = (value: unknown): FollowAddress | null => {
  if (typeof value !== 'string' || !followPattern.test(value) || !URL.canParse(value)) return null;
  const { hostname, port, pathname } = new URL(value);
  return {
    // A name is looked up before a connection, and another machine may answer to it.
    host: hostname === 'localhost' ? '127.0.0.1' : hostname.replace(/[[\]]/g, ''),
    port: port === '' ? 80 : Number(port),
    path: pathname.endsWith('/') ? pathname : `${pathname}/`,
  };
};
