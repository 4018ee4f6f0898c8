import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Loaded, load } from './loaded.ts';

/** What has no events of its own is asked for again so often while it is shown. */
const EVERY_MS = 15_000;

/**
 * Something fetched while it is shown: now, again and again, and whenever `news` changes.
 * @returns it, and what asks anew
 */
export function useAskedAgain<Value>(
  fetch: () => Promise<Value>,
  news?: Signal<number>,
): [Signal<Loaded<Value>>, () => void] {
  const held = useSignal<Loaded<Value>>({ state: 'loading' });
  const ask = () => void load(held, fetch);
  useEffect(() => {
    ask();
    const timer = setInterval(ask, EVERY_MS);
    return () => clearInterval(timer);
  }, [news?.value]);
  return [held, ask];
}
