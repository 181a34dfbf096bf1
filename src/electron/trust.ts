import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WebFrameMain } from 'electron';
import { mistake } from '../launching/setup.ts';

/** Says whether a page is the app's own, by its address. */
export type IsOwnPage = (url: string) => boolean;

/** `URL.origin` is `null` for schemes that an app registers for itself. */
const originOf = ({ protocol, host }: URL): string => `${protocol}//${host}`;

const checkedOrigin = (origin: unknown): string => {
  const url = typeof origin === 'string' && URL.canParse(origin) ? new URL(origin) : null;
  const bare = url !== null && ['', '/'].includes(url.pathname) && `${url.search}${url.hash}` === '';
  // All files of the machine are one origin: trusting it would trust whatever was downloaded.
  if (bare && url.host !== '' && url.protocol !== 'file:') return originOf(url);
  throw mistake('trustedOrigins', origin, 'origins such as "app://main"');
};

const isFileBelow = (folder: string, url: URL): boolean => {
  if (url.protocol !== 'file:' || url.host !== '') return false;
  try {
    const inside = path.relative(folder, fileURLToPath(url));
    return inside !== '' && inside.split(path.sep)[0] !== '..' && !path.isAbsolute(inside);
  } catch (error) {
    // An address with an encoded separator names no file at all.
    if (error instanceof TypeError) return false;
    throw error;
  }
};

/** Throws a `TypeError` for an origin that is none, or would trust more than the app. */
export const ownPages = (trustedOrigins: readonly string[] | undefined, appPath: string): IsOwnPage => {
  const origins = trustedOrigins === undefined ? null : new Set(trustedOrigins.map(checkedOrigin));
  return text => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null) return false;
    return origins === null ? isFileBelow(appPath, url) : origins.has(originOf(url));
  };
};

/** Only the top frame of an own page speaks for the user; a frame that is gone, or inside another, does not (P-38). */
export const isOwnFrame = (
  isOwnPage: IsOwnPage,
  frame: Pick<WebFrameMain, 'url' | 'parent' | 'detached' | 'isDestroyed'> | null,
): boolean =>
  frame !== null &&
  // A page whose renderer has crashed is still there, and every look at it throws.
  !frame.isDestroyed() &&
  !frame.detached &&
  frame.parent === null &&
  isOwnPage(frame.url);
