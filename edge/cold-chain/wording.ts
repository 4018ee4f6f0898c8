/** Words that the CSV and the PDF share. */
import { durationText } from '../rules/wording.ts';
import type { Excursion } from './excursion.ts';
import { localText } from './period.ts';
import type { Decided } from './quarantine.ts';
import type { ColdChainRecord, Interval, RecordedExcursion, Span } from './record.ts';
import type { FridgeTerms } from './terms.ts';

/** Two decimals, and no trailing ones that say nothing. */
export const degrees = (celsius: number): string =>
  celsius.toFixed(Math.abs(celsius * 10 - Math.round(celsius * 10)) < 1e-9 ? 1 : 2);

export const bandText = ({ band, frozen }: FridgeTerms): string =>
  `${degrees(band.minCelsius)} to ${degrees(band.maxCelsius)} °C${frozen ? ', frozen goods' : ''}`;

export const termsText = (terms: FridgeTerms): string => {
  const { limits, warnMarginCelsius } = terms;
  const margin =
    warnMarginCelsius === 0 ? '' : `; warning from ${degrees(warnMarginCelsius)} °C before an edge`;
  return `band ${bandText(terms)}; warning after ${durationText(limits.warningMs)} out of band, excursion after ${durationText(limits.sustainedMs)} or ${degrees(limits.criticalDeviationCelsius)} °C beyond${margin}; back in band ${degrees(limits.hysteresisCelsius)} °C inside it; without a reading for ${durationText(limits.gapMs)}: a gap`;
};

export const stageText: Record<Excursion['stage'], string> = {
  brief: 'Brief',
  warning: 'Warning',
  excursion: 'Excursion',
  critical: 'Critical excursion',
};

export const isExcursion = ({ stage }: Excursion): boolean => stage === 'excursion' || stage === 'critical';

export const lengthOf = ({ from, to }: Span, until: number): number => (to ?? until) - from;

/** What may have caused it, from what the gateway saw; empty where it saw nothing. */
export function causes(of: RecordedExcursion, record: ColdChainRecord): string[] {
  const { timeZone } = record.site;
  const when = ({ from, to }: Span) =>
    `from ${localText(timeZone, from)}${to === undefined ? ' on' : ` for ${durationText(to - from)}`}`;
  return [
    ...of.doors.slice(0, 4).map((span) => `door open ${when(span)}`),
    ...(of.doors.length > 4 ? [`door opened ${of.doors.length - 4} more times`] : []),
    ...of.power.slice(0, 4).map((span) => `mains power lost at ${span.asset} ${when(span)}`),
  ];
}

export const decisionText = ({ decision, reason }: Decided): string =>
  `goods ${decision === 'release' ? 'released' : 'discarded'}: ${reason}`;

/** `GAP` where nothing is known of an interval or of a part of it. */
export const intervalText = ({ readings, gapMs, outOfBandMs }: Interval): string =>
  [
    ...(gapMs > 0 ? [`GAP of ${durationText(gapMs)}`] : readings === 0 ? ['no reading'] : []),
    ...(outOfBandMs > 0 ? [`out of band for ${durationText(outOfBandMs)}`] : []),
  ].join('; ');

export const celsiusOrDash = (celsius: number | undefined): string =>
  celsius === undefined ? '—' : degrees(celsius);
