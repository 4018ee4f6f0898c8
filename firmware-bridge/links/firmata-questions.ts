/** What is asked of a board with Firmata beyond what the library asks: protocol version 2.5. */
import type { EventEmitter } from 'node:events';

/** Protocol version: answered by three bytes, cheap enough for a sign of life. */
export const REPORT_VERSION = Uint8Array.of(0xf9);
/** Name and version of the firmware; told without being asked at each start, too. */
export const QUERY_FIRMWARE = Uint8Array.of(0xf0, 0x79, 0xf7);
/** Mode and state of a pin; never told without being asked. */
export const queryPinState = (pin: number): Uint8Array => Uint8Array.of(0xf0, 0x6d, pin, 0xf7);

/** A question may be lost while the board starts: it is asked again after this, in real time. */
const ASK_AGAIN_MS = 1_000;

/** Asks until the answer comes; false where the signal is aborted first. Leaves no listener behind. */
export const heard = (
  on: EventEmitter,
  event: string,
  signal: AbortSignal,
  ask: () => void,
): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const again = setInterval(ask, ASK_AGAIN_MS);
    const finish = (isHeard: boolean) => {
      clearInterval(again);
      on.off(event, onAnswer);
      signal.removeEventListener('abort', onAbort);
      resolve(isHeard);
    };
    const onAnswer = () => finish(true);
    const onAbort = () => finish(false);
    on.once(event, onAnswer);
    signal.addEventListener('abort', onAbort, { once: true });
    ask();
  });
