/** What this device remembers, and that only after its person has said so. Without consent all lives in memory. */
import { signal } from '@preact/signals';

const PREFIX = 'gatehouse.learn.';
const CONSENT = `${PREFIX}remember`;
/** The kit's own name, which its `theme.js` reads before the first paint. */
const THEME = 'gatehouse.theme';
/** Only until the tab is closed, and only after a yes of its own. */
const INVITATION = `${PREFIX}invitation`;

const memory = new Map<string, string>();

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Whether its person has allowed this device to remember. */
export const remembers = signal(stored(CONSENT) === 'yes');

export const remembered = (key: string): string | null =>
  remembers.value ? stored(PREFIX + key) : (memory.get(key) ?? null);

export function remember(key: string, value: string): void {
  memory.set(key, value);
  if (remembers.value) write(PREFIX + key, value);
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage may be full or forbidden; what is in memory stands for this visit.
  }
}

/** Yes: what this visit knows is kept from now on, and the pages for use without network. */
export function allow(): void {
  remembers.value = true;
  write(CONSENT, 'yes');
  for (const [key, value] of memory) write(PREFIX + key, value);
  keepPages();
}

/** No: everything is deleted, at once. */
export async function forget(): Promise<void> {
  remembers.value = false;
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(PREFIX) || key === THEME) localStorage.removeItem(key);
  } catch {
    // Nothing can be there where storage is forbidden.
  }
  if (!('serviceWorker' in navigator)) return;
  const workers = await navigator.serviceWorker.getRegistrations();
  await Promise.all(
    workers.filter(({ scope }) => scope === root().href).map((worker) => worker.unregister()),
  );
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith('gatehouse-learn-')).map((name) => caches.delete(name)),
  );
}

/** Where the site begins, `https://…/learn/`. */
export const root = (): URL => new URL(document.documentElement.dataset.root ?? './', location.href);
/** A page in the reader's language. */
export const pageAddress = (path: string): string =>
  new URL(path, new URL(document.documentElement.dataset.home ?? './', location.href)).href;

/** Keeps the pages on the device, so that they open without network. */
export function keepPages(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  navigator.serviceWorker
    .register(new URL('service-worker.js', root()), { scope: root().pathname })
    .catch((error: unknown) => console.warn(error));
}

export function setTheme(theme: 'light' | 'dark'): void {
  document.documentElement.dataset.theme = theme;
  if (remembers.value) write(THEME, theme);
}

export function invitation(): string | undefined {
  try {
    return sessionStorage.getItem(INVITATION) ?? undefined;
  } catch {
    return undefined;
  }
}
export const keepInvitation = (token: string): void => sessionStorage.setItem(INVITATION, token);
export const forgetInvitation = (): void => sessionStorage.removeItem(INVITATION);
