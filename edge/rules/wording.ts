/** Words that summaries share, so that the same thing is always said in the same way. */
import type { Severity } from '../../devices/model/detection.ts';
import { severities, severityRank } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';

/** The asset's name with its zone: `Back door (Store room)`; the id where it is not registered. */
export function nameOf(assetId: string, registry: Registry): string {
  const entry = registry.asset(assetId);
  if (entry === undefined) return assetId;
  const zone = entry.zone === undefined ? undefined : registry.zone(entry.zone)?.name;
  return zone === undefined || entry.name.includes(zone) ? entry.name : `${entry.name} (${zone})`;
}

/** `45 seconds`, `12 minutes`, `3 hours 20 minutes`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const plural = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;
  if (seconds < 120) return plural(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return plural(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return rest === 0 ? plural(hours, 'hour') : `${plural(hours, 'hour')} ${plural(rest, 'minute')}`;
}

/** `7.4 °C` */
export const celsiusText = (celsius: number): string => `${celsius.toFixed(1)} °C`;

/** That many steps more serious, at most critical. */
export const raised = (severity: Severity, steps = 1): Severity =>
  severities[Math.min(severityRank(severity) + steps, severities.length - 1)] ?? 'critical';
