import type { CascadeReport } from '../../../cloud/api/contract.ts';
import { time } from '../assets/asset-words.ts';
import { placeOf, ticksFor } from './time-scale.ts';
import { words } from './words.ts';

/** Rows drawn; what is less likely is counted. */
const MAX_ROWS = 24;

const percent = (part: number) => Math.round(part * 100);
const when = (ms: number) => (ms < 1 ? words('timeline.at-once') : time(ms));

/** What fails when: for each effect a band of times, as strong as it is likely. */
export function Timeline({ report, order }: { report: CascadeReport; order: readonly string[] }) {
  const { effects, horizonMs, more } = report;
  if (effects.length === 0) return <p class="faint">{words('answer.nothing')}</p>;
  // Both sides tell the same things in the same order: what differs stands beside what it differs from.
  const place = (key: string) => {
    const at = order.indexOf(key);
    return at === -1 ? order.length : at;
  };
  const rows = [...effects].sort((a, b) => place(keyOf(a)) - place(keyOf(b))).slice(0, MAX_ROWS);
  const left = effects.length - rows.length + more;
  return (
    <div class="effect-timeline">
      <div class="timeline-axis" aria-hidden="true">
        <span />
        <span />
        <span class="timeline-ticks">
          {ticksFor(horizonMs).map((ms) => (
            <span key={ms} style={{ left: `${placeOf(ms, horizonMs) * 100}%` }}>
              {ms === 0 ? '0' : time(ms)}
            </span>
          ))}
        </span>
      </div>
      <ul>
        {rows.map((one) => {
          const { p10, p50, p90 } = one.afterMs;
          const from = placeOf(p10, horizonMs);
          return (
            <li key={keyOf(one)} class="timeline-row">
              <span class="timeline-words">{one.words}</span>
              <span class="timeline-chance">{words('timeline.chance', { chance: percent(one.chance) })}</span>
              <span class="timeline-line">
                <span
                  class="timeline-band"
                  style={{
                    left: `${from * 100}%`,
                    width: `${Math.max(0.8, (placeOf(p90, horizonMs) - from) * 100)}%`,
                    opacity: String(0.3 + 0.7 * one.chance),
                  }}
                />
                <span class="timeline-middle" style={{ left: `${placeOf(p50, horizonMs) * 100}%` }} />
                <span class="visually-hidden">
                  {words('timeline.when', {
                    words: one.words,
                    chance: percent(one.chance),
                    low: when(p10),
                    high: when(p90),
                    middle: when(p50),
                  })}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
      {left > 0 ? <p class="faint">{words('timeline.more', { count: left })}</p> : null}
    </div>
  );
}

export const keyOf = ({ asset, effect }: { asset: string; effect: string }): string => `${asset}:${effect}`;
