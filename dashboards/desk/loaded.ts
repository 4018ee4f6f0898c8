import type { Signal } from '@preact/signals';
import { RequestError } from '../kit/request.ts';
import { kitText } from '../kit/text.ts';

/** Something fetched: on its way, there, or why not. */
export type Loaded<Value> =
  | { state: 'loading' }
  | { state: 'there'; value: Value }
  | { state: 'failed'; message: string; status: number };

/** What went wrong, for people. */
export function reasonOf(error: unknown): { message: string; status: number } {
  return error instanceof RequestError
    ? { message: error.message, status: error.status }
    : { message: kitText('kit.error.unexpected', { detail: String(error) }), status: 0 };
}

/**
 * Fetches into a signal. What is already there stays visible while a newer answer is on its way or fails.
 * @param isWanted asked when the answer is there: something else may be shown by then
 */
export async function load<Value>(
  into: Signal<Loaded<Value>>,
  fetch: () => Promise<Value>,
  isWanted: () => boolean = () => true,
): Promise<void> {
  try {
    const value = await fetch();
    if (isWanted()) into.value = { state: 'there', value };
  } catch (error) {
    if (isWanted() && into.value.state !== 'there') into.value = { state: 'failed', ...reasonOf(error) };
  }
}

/** Changes what is there; leaves the rest alone. */
export function change<Value>(signal: Signal<Loaded<Value>>, by: (value: Value) => Value): void {
  const current = signal.value;
  if (current.state === 'there') signal.value = { state: 'there', value: by(current.value) };
}
