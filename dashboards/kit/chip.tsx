import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons.tsx';
import { kitText } from './text.ts';

export type SeverityName = 'info' | 'low' | 'medium' | 'high' | 'critical';
export type Tone = 'neutral' | 'accent' | 'good' | 'physical' | 'cyber' | SeverityName;

/** A short word in a box. The tone never says it alone: the text or the icon does. */
export function Chip(props: { children: ComponentChildren; tone?: Tone; icon?: IconName; title?: string }) {
  return (
    <span class={`chip tone-${props.tone ?? 'neutral'}`} title={props.title}>
      {props.icon === undefined ? null : <Icon name={props.icon} size={13} />}
      <span>{props.children}</span>
    </span>
  );
}

/** Severity by shape and word as well as colour: octagon, triangle, diamond, arrow, i. */
export function SeverityChip({ severity }: { severity: SeverityName }) {
  return (
    <Chip tone={severity} icon={`severity-${severity}`}>
      {kitText(`kit.severity.${severity}`)}
    </Chip>
  );
}

/** The shape alone, for dense rows. */
export function SeverityMark({ severity, size = 16 }: { severity: SeverityName; size?: number }) {
  return (
    <span class={`severity-mark ink-${severity}`}>
      <Icon name={`severity-${severity}`} size={size} label={kitText(`kit.severity.${severity}`)} />
    </span>
  );
}

/** A number worth noticing. */
export function Count({ value, tone = 'neutral' }: { value: number; tone?: Tone }) {
  return <span class={`count tone-${tone}`}>{value > 999 ? '999+' : value}</span>;
}
