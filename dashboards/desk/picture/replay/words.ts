import { texts } from '../../../kit/i18n.ts';

const en = {
  'replay.label': 'Time',
  'replay.title': 'The past',
  'replay.not-live': 'This is how it was, not how it is.',
  'replay.play': 'Play',
  'replay.pause': 'Pause',
  'replay.speed': 'Speed',
  'replay.speed-60': '1 min a second',
  'replay.speed-300': '5 min a second',
  'replay.speed-1800': '30 min a second',
  'replay.speed-7200': '2 h a second',
  'replay.previous': 'Incident before',
  'replay.next': 'Next incident',
  'replay.now': 'Back to now',
  'replay.marks': { one: '{count} incident in this time', other: '{count} incidents in this time' },
  'replay.none': 'No incident in this time',
  'replay.more': { one: '{count} lesser one is not marked', other: '{count} lesser ones are not marked' },
  'replay.failed': 'That moment could not be shown: {message}',
  'replay.keys': 'Arrow keys move the time, page up and down by an hour.',
} as const;

export const words = texts(en);
export const replayKeys: readonly string[] = Object.keys(en);
