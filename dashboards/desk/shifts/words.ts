import { texts } from '../../kit/i18n.ts';

/** Texts of the shifts. */
export const en = {
  title: 'Shifts',
  about: 'Who is on duty, and what one hands to the next.',
  'on-duty': 'On duty',
  nobody: 'Nobody is on duty',
  'nobody-text': 'Whoever begins says so; then others know whom to ask.',
  since: 'since {time}',
  start: 'Go on duty',
  'hand-over': 'Hand over',
  'hand-over-title': 'Hand over your shift',
  note: 'What the next one has to know',
  'note-hint': 'What is under way, who was called, what to look out for. What is open goes along by itself.',
  'note-missing': 'Write at least a sentence.',
  to: 'To',
  anybody: 'Whoever comes next',
  notes: 'For the next shift',
  'note-own': 'You wrote this: somebody else reads it.',
  'note-read': 'Read by {name} at {time}',
  waiting: 'To be confirmed',
  past: 'Earlier hand-overs',
  'none-past': 'None yet.',
  from: '{name}, {time}',
  for: 'for {name}',
  confirm: 'I have read it',
  confirmed: 'Confirmed by {name} at {time}',
  open: { one: '{count} incident open', other: '{count} incidents open' },
  unassigned: { one: '{count} with nobody', other: '{count} with nobody' },
  now: 'Open now',
} as const;

export const words = texts(en);
