import { oneLine, redact } from '../failure.ts';
import { withoutPlaces } from '../store/place.ts';

/** A reason for people in a window: one line without places and credentials (P-38). */
export type UiText = (text: string) => string;

const longest = 300;

/** As it is written in messages, in addresses, and in quotes. */
const spellings = (place: string): readonly string[] => [
  place,
  place.replaceAll('\\', '/'),
  place.replaceAll('\\', '\\\\'),
];

/** `places` are known by name: what is taken for a path by its looks alone ends with the first blank of a folder. */
export const uiText = (places: readonly (string | undefined)[], storeRoot: string): UiText => {
  const known = [
    ...new Set(places.flatMap(place => (place !== undefined && place.length > 3 ? spellings(place) : []))),
  ]
    // The longest first, so that none is cut by one that it begins with.
    .sort((a, b) => b.length - a.length);
  return text => {
    const look = redact(text.slice(0, 4 * longest));
    const nameless = known.reduce((rest, place) => rest.replaceAll(place, '…'), look);
    return oneLine(withoutPlaces(nameless, storeRoot), longest);
  };
};
