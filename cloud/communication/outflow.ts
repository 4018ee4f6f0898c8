/** What left for the outside, against what had left before. */
import type { Found } from '../monitors/monitor.ts';
import { rounded } from './bounded.ts';
import { found, learnedAt, MAX_EVIDENCE, runsOf } from './finding.ts';
import { type DeviceMemory, HOUR_MS, type Volume } from './memory.ts';
import type { CommunicationSettings } from './settings.ts';
import { bytesText, listText, nameOf, spanText } from './wording.ts';

/** Hours in which far more left for the outside than ever at that time of day. */
export function judgeVolume(memory: DeviceMemory, settings: CommunicationSettings): Found[] {
  const { outflow } = settings;
  const { volumes, party } = memory;
  const learned = learnedAt(memory, settings);
  const floods = new Map<number, Volume & { usual: number }>();
  for (const [hour, volume] of [...volumes].sort(([a], [b]) => a - b)) {
    if (volume.bytes < outflow.bytes || volume.largest.length === 0 || (hour + 1) * HOUR_MS <= learned)
      continue;
    const usual = usualAt(volumes, hour, floods);
    if (volume.bytes >= outflow.factor * usual) floods.set(hour, { ...volume, usual });
  }
  return [...runsOf(floods, 2)].map((run) => {
    const first = run[0][1].first;
    const bytes = run.reduce((sum, [, volume]) => sum + volume.bytes, 0);
    const usual = Math.max(...run.map(([, volume]) => volume.usual));
    const lastAt = Math.max(...run.map(([, volume]) => volume.lastAt));
    const largest = run
      .flatMap(([, volume]) => volume.largest)
      .sort((a, b) => b.bytes - a.bytes || (a.id < b.id ? -1 : 1));
    const to = [...new Set(largest.map((one) => one.to))];
    const told = rounded(bytes);
    return found(memory, {
      anchor: `outflow ${first.id}`,
      at: first.at,
      severity: 'high',
      summary: `${nameOf(party)} sent ${bytesText(told)} to the outside in ${spanText(Math.max(1_000, lastAt - first.at))}, mostly to ${listText(to)}; at that time of day it had sent ${usual === 0 ? 'nothing' : `at most ${bytesText(rounded(usual))}`} an hour`,
      facts: { bytes: told, usualBytes: rounded(usual), hours: run.length, address: to[0] ?? '' },
      evidence: largest.slice(0, MAX_EVIDENCE).map(({ id }) => id),
      tactic: 'T1048',
      count: run.length,
      other: to[0],
    });
  });
}

/** The most that was sent in an hour at that time of day, one hour earlier or later, on the days before; no flood among them. */
function usualAt(
  volumes: ReadonlyMap<number, Volume>,
  hour: number,
  floods: ReadonlyMap<number, unknown>,
): number {
  let most = 0;
  for (let day = 1; day <= 28; day++)
    for (let shift = -1; shift <= 1; shift++) {
      const at = hour - day * 24 + shift;
      if (!floods.has(at)) most = Math.max(most, volumes.get(at)?.bytes ?? 0);
    }
  return most;
}
