import { type ThemeName, themeOf } from '../correlation/theme.ts';

/** Themes that the queue can be filtered by: those that say something. */
export const themeNames = [
  'forced',
  'duress',
  'blinded',
  'tamper',
  'after-hours',
  'without-badge',
  'denied',
  'held-open',
  'motion',
  'alarm-change',
  'two-places',
  'excursion',
  'outage',
  'takeover',
  'guessing',
  'new-address',
  'unusual-login',
  'failed-login',
  'elevation',
  'malware',
  'altered',
  'web-attack',
  'scan',
  'exfiltration',
  'outside-call',
  'new-talk',
  'payment',
  'unusual',
  'upkeep',
  'other',
] as const satisfies readonly ThemeName[];

/** Of some rules those of a theme. */
export const rulesOfTheme = (theme: ThemeName, rules: readonly string[]): string[] =>
  rules.filter((rule) => themeOf({ rule }).name === theme);
