import type { ComponentChildren } from 'preact';
import { now } from './clock.ts';
import { RelativeTime } from './relative-time.tsx';

export type Health = 'good' | 'warning' | 'bad' | 'unknown';

/**
 * A state with its age. `good` is a filled dot, `warning` half, `bad` a square, `unknown` hollow, so that it
 * is told apart without colour; once `seenAt` is older than `staleAfterMs` the dot is hollow whatever it was.
 */
export function StateDot(props: {
  health: Health;
  children?: ComponentChildren;
  seenAt?: number | undefined;
  staleAfterMs?: number;
  timeZone?: string;
}) {
  const { health, children, seenAt, staleAfterMs = 15 * 60_000, timeZone } = props;
  const stale = seenAt !== undefined && now.value - seenAt > staleAfterMs;
  return (
    <span class={`state state-${stale ? 'unknown' : health}`}>
      <span class="state-dot" aria-hidden="true" />
      {children === undefined ? null : <span>{children}</span>}
      {seenAt === undefined || timeZone === undefined ? null : (
        <span class="faint">
          <RelativeTime at={seenAt} timeZone={timeZone} />
        </span>
      )}
    </span>
  );
}
