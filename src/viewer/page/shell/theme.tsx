import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const place = 'stagedoor.viewer.theme';

/** A page from disk, or in a private window, may not be allowed to remember. */
const remembered = (): Theme => {
  try {
    const kept = localStorage.getItem(place);
    return themes.find(theme => theme === kept) ?? 'system';
  } catch (error) {
    if (error instanceof DOMException) return 'system';
    throw error;
  }
};

const remember = (theme: Theme): void => {
  try {
    localStorage.setItem(place, theme);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
};

export const useTheme = (): readonly [Theme, () => void] => {
  const [theme, setTheme] = useState(remembered);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const next = (): void => {
    const chosen = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
    remember(chosen);
    setTheme(chosen);
  };
  return [theme, next];
};

const names: Readonly<Record<Theme, string>> = { system: '◐ System', light: '○ Light', dark: '● Dark' };

export const ThemeButton = ({ theme, onNext }: { theme: Theme; onNext: () => void }): JSX.Element => (
  <button type="button" class="theme" onClick={onNext} aria-label={`Colours: ${theme}. Press for the next.`}>
    {names[theme]}
  </button>
);
