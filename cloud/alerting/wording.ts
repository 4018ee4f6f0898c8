/** An alert in words: short enough for a telephone's lock screen. */
import type { Severity } from '../../devices/model/detection.ts';
import type { Alert } from './alert.ts';

/** Of the incident, as far as its reader may see it. */
export interface Told {
  title: string;
  severity: Severity;
  /** Names of the sites. */
  sites: readonly string[];
  detections: number;
  /** How long it has been waiting, ms. */
  waitingMs: number;
  /** Nothing of it is real. */
  isExercise?: boolean;
}

const MAX_TITLE = 120;
const MAX_SITES = 3;

const words: Record<Alert['reason'], (told: Told) => string> = {
  opened: () => 'New incident.',
  graver: ({ severity }) => `It has become more serious: ${severity} now.`,
  milder: ({ severity }) => `It is less serious than it looked: ${severity} now.`,
  'not-taken': ({ waitingMs }) => `Nobody has taken it for ${minutes(waitingMs)}.`,
  'opened-again': () => 'It was over and has begun again.',
  'after-quiet': () => 'It came up in your quiet hours and still stands.',
  trial: () => 'This is a test. If you can read it, alerts reach you here.',
};

export function wordsOf(reason: Alert['reason'], told: Told): Pick<Alert, 'title' | 'text'> {
  const sites =
    told.sites.length <= MAX_SITES
      ? told.sites.join(', ')
      : `${told.sites.slice(0, MAX_SITES).join(', ')} and ${told.sites.length - MAX_SITES} more`;
  const title = told.title.length > MAX_TITLE ? `${told.title.slice(0, MAX_TITLE - 1)}…` : told.title;
  if (reason === 'trial') return { title, text: words.trial(told) };
  const seen = told.detections === 1 ? 'one detection' : `${told.detections} detections`;
  return {
    title: `${told.isExercise === true ? 'EXERCISE, ' : ''}${capital(told.severity)}: ${title}`,
    text: [words[reason](told), sites === '' ? `Made of ${seen}.` : `${sites}; ${seen}.`].join(' '),
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function minutes(ms: number): string {
  const whole = Math.max(1, Math.round(ms / 60_000));
  return whole === 1 ? 'a minute' : `${whole} minutes`;
}
