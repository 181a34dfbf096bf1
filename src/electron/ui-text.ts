import { oneLine, redact } from '../failure.ts';
import { withoutPlaces } from '../store/place.ts';

const longest = 300;

/** A reason for people in a window: one line without places and credentials (P-38). */
export const uiText = (text: string, storeRoot: string): string =>
  oneLine(withoutPlaces(redact(text.slice(0, 4 * longest)), storeRoot), longest);
