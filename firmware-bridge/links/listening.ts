/** Conversations with devices that speak by themselves and are asked nothing. */
import type { Clock } from '../../devices/model/clock.ts';
import type { Conversation, Ending } from './connection.ts';
import { atLeastReal, Silence } from './timing.ts';

const BEAT_MS = 300;
const MIN_REAL_SILENCE_MS = 4_000;

export interface Listening {
  baudRate: number;
  clock: Clock;
  /** Nothing that makes sense for so long, in the site's time, and the port is opened anew; infinite: it may be silent. */
  silenceMs: number;
  /** True: something in it made sense. */
  hear(bytes: Uint8Array): boolean;
  /** The port is open. */
  onOpen?(): void;
  /** Now and then. */
  onBeat?(): void;
}

export function listeningConversation(of: Listening): Conversation {
  const { baudRate, clock, silenceMs } = of;
  const silence = new Silence(BEAT_MS);
  const mostMs = atLeastReal(clock, silenceMs, MIN_REAL_SILENCE_MS) / clock.rate;
  let wasHeard = false;
  let isOver = false;
  return {
    baudRate,
    hear(bytes) {
      if (isOver || !of.hear(bytes)) return;
      wasHeard = true;
      silence.end();
    },
    hold: (_line, signal) =>
      new Promise((resolve) => {
        const end = (ending: Ending) => {
          isOver = true;
          clearInterval(timer);
          resolve(ending);
        };
        silence.end();
        const timer = setInterval(() => {
          of.onBeat?.();
          if (silence.beat() > mostMs) end({ because: 'silent', wasOnline: wasHeard });
        }, BEAT_MS);
        signal.addEventListener('abort', () => end({ because: 'stopped' }), { once: true });
        if (signal.aborted) end({ because: 'stopped' });
        else of.onOpen?.();
      }),
  };
}
