import type { SiteTemperature } from '../../../edge/api/contract.ts';
import { Chip, type Tone } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { locale } from '../../kit/i18n.ts';
import type { IconName } from '../../kit/icons.tsx';
import { relative } from '../../kit/time.ts';
import { text } from '../text.ts';
import { Gauge } from './gauge.tsx';

type Condition = SiteTemperature['condition'];

const tones: Record<Condition, Tone> = {
  'in-band': 'good',
  warning: 'medium',
  excursion: 'critical',
  unknown: 'neutral',
};
const icons: Record<Condition, IconName> = {
  'in-band': 'check',
  warning: 'severity-medium',
  excursion: 'severity-critical',
  unknown: 'wifi-off',
};
/** An older reading says its age. */
const FRESH_MS = 10 * 60_000;

const withTenths = new Intl.NumberFormat(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
export const degrees = (celsius: number): string => withTenths.format(celsius).replace('-', '−');
export const bandText = ({ band }: SiteTemperature): string =>
  band === undefined
    ? text('temperature.no-band')
    : text('temperature.band', {
        low: String(band.minCelsius).replace('-', '−'),
        high: String(band.maxCelsius).replace('-', '−'),
      });

export function ConditionChip({ temperature }: { temperature: SiteTemperature }) {
  const { condition } = temperature;
  return (
    <Chip tone={tones[condition]} icon={icons[condition]}>
      {wordFor(temperature)}
    </Chip>
  );
}

function wordFor({ condition, celsius, band }: SiteTemperature): string {
  if (condition !== 'excursion' && condition !== 'warning') return text(`temperature.condition.${condition}`);
  if (celsius !== undefined && band !== undefined) {
    if (celsius > band.maxCelsius) return text('temperature.above');
    if (celsius < band.minCelsius) return text('temperature.below');
  }
  return text(`temperature.condition.${condition}`);
}

/** The number, large, with its range below it. */
export function Reading({ temperature }: { temperature: SiteTemperature }) {
  const { celsius, band, seenAt, condition } = temperature;
  const isOld = seenAt !== undefined && now.value - seenAt > FRESH_MS;
  return (
    <div class={`reading reading-${condition}`}>
      <p class="reading-value">
        {celsius === undefined ? '–' : text('temperature.celsius', { value: degrees(celsius) })}
      </p>
      {celsius === undefined || band === undefined ? null : <Gauge celsius={celsius} band={band} />}
      <p class="reading-band">
        {bandText(temperature)}
        {isOld ? ` · ${text('temperature.read', { ago: relative(seenAt, now.value) })}` : ''}
      </p>
    </div>
  );
}
