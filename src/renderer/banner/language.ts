import { english } from './english.ts';
import { german } from './german.ts';
import type { BannerStrings } from './strings.ts';

const builtIn: Readonly<Record<string, BannerStrings>> = { en: english, de: german };

/** `lang` of the element, or of what it stands in, or the user's. A tag that is none is English. */
export const localeOf = (element: Element): string => {
  const around = element.closest('[lang]')?.getAttribute('lang');
  const wanted = around || document.documentElement.lang || navigator.language;
  try {
    return new Intl.Locale(wanted).toString();
  } catch (error) {
    if (error instanceof RangeError) return 'en';
    throw error;
  }
};

export type Language = {
  readonly strings: BannerStrings;
  /** What the texts are written in, so that they are read out in it. */
  readonly lang: string;
  /** What numbers are written in. */
  readonly locale: string;
};

/** With own strings the language is the one that was asked for; without, the nearest that is built in. */
export const languageFor = (locale: string, own: Partial<BannerStrings> | null): Language => {
  const base = new Intl.Locale(locale).language;
  const known = Object.hasOwn(builtIn, base) ? base : 'en';
  const lang = known === base || own !== null ? locale : known;
  return { strings: { ...(builtIn[known] ?? english), ...own }, lang, locale: lang };
};
