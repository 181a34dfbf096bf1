import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { oneLine, redact } from '../failure.ts';
import { withoutPlaces } from '../store/place.ts';

/** A reason for people in a window: one line without places and credentials (P-38). */
export type UiText = (text: string) => string;

const longest = 300;

/** What the store's own files keep of a place: of one with blanks more than its last name. */
const kept = (place: string, storeRoot: string): readonly string[] => {
  const rest = withoutPlaces(place, storeRoot);
  return [`…/${path.win32.basename(place)}`, '<store>', '~'].includes(rest) ? [] : [rest];
};

/** As it is written in messages, with other slashes, in quotes, in addresses, and in reasons that were stored. */
const spellings = (place: string, storeRoot: string): readonly string[] => [
  place,
  place.replaceAll('\\', '/'),
  JSON.stringify(place).slice(1, -1),
  pathToFileURL(place).pathname,
  ...kept(place, storeRoot),
];

const exactly = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** `places` are known by name: what is taken for a path by its looks alone ends with the first blank of a folder. */
export const uiText = (places: readonly (string | undefined)[], storeRoot: string): UiText => {
  const known = [
    ...new Set(
      places.flatMap(place => (place !== undefined && place.length > 3 ? spellings(place, storeRoot) : [])),
    ),
  ]
    // The longest first, so that none is cut by one that it begins with.
    .sort((a, b) => b.length - a.length);
  // Windows names a folder in any case.
  const named = new RegExp(known.length === 0 ? '(?!)' : known.map(exactly).join('|'), 'gi');
  return text => {
    // Before anything is cut: half a place is known by nobody.
    const nameless = redact(text.replace(named, '…').slice(0, 4 * longest));
    return oneLine(withoutPlaces(nameless, storeRoot), longest);
  };
};
