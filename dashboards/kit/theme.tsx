import { signal } from '@preact/signals';
import { IconButton } from './button.tsx';
import { kitText } from './text.ts';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'gatehouse.theme';

function remembered(): Theme {
  const value = document.documentElement.dataset.theme;
  return value === 'dark' || value === 'light' ? value : 'auto';
}

/** `public/theme.js` put the remembered theme on the root before the first paint; this continues from there. */
export const theme = signal<Theme>(remembered());

export function setTheme(next: Theme): void {
  theme.value = next;
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === 'auto') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

const after: Record<Theme, Theme> = { auto: 'dark', dark: 'light', light: 'auto' };
const icons = { auto: 'theme-auto', dark: 'moon', light: 'sun' } as const;

/** One button through the three: as the system, dark, light. */
export function ThemeToggle() {
  return (
    <IconButton
      icon={icons[theme.value]}
      label={kitText(`kit.theme.${theme.value}`)}
      onClick={() => setTheme(after[theme.value])}
    />
  );
}
