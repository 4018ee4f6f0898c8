import { type ReadonlySignal, signal } from '@preact/signals';

const parse = (hash: string): readonly string[] =>
  hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });

const current = signal(parse(location.hash));
addEventListener('hashchange', () => {
  current.value = parse(location.hash);
});

/**
 * The page in the address's fragment, as parts: `#/incidents/i-1` is `['incidents', 'i-1']`. A fragment needs
 * nothing of the server, so the pages work under any path, and from a file.
 */
export const route: ReadonlySignal<readonly string[]> = current;

/** The address of a page, for an `href`. */
export const address = (...parts: readonly string[]): string =>
  `#/${parts.map((part) => encodeURIComponent(part)).join('/')}`;

export function go(...parts: readonly string[]): void {
  location.hash = address(...parts);
}
