import { homedir } from 'node:os';

/**
 * A text without absolute places: the store's own become relative, of others the last name stays. They tell who the user
 * is, and a bundle's place is another one with each mount (P-16).
 */
export const withoutPlaces = (text: string, root: string): string =>
  text
    .replace(/file:\/\/\/?(?=\/|[A-Za-z]:)/g, '')
    .replaceAll(root, '<store>')
    .replaceAll(homedir(), '~')
    .replace(
      /(^|[\s'"`(=,[{:;|])(?:[A-Za-z]:)?(?:(?:\/|\\+)[^\s'"`\\/:,;|)\]}]+){2,}/g,
      (place, before: string) => {
        const name = place.slice(Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\')) + 1);
        return `${before}…/${name}`;
      },
    );
