import { pause } from '../cyber/visitor.ts';
import type { Ground } from './pilot.ts';

/** Does something again and again, about every `everyMs` of the world's time, while the day lasts. */
export async function again(
  { clock, random, signal, say }: Pick<Ground, 'clock' | 'random' | 'signal' | 'say'>,
  everyMs: number,
  act: () => unknown,
): Promise<void> {
  while (!signal.aborted) {
    await pause(clock, everyMs * (0.4 + 1.2 * random()), signal);
    if (signal.aborted) return;
    try {
      await act();
    } catch (error) {
      // A customer who finds the shop shut comes back later.
      say(`(${error instanceof Error ? error.message : String(error)})`);
    }
  }
}
