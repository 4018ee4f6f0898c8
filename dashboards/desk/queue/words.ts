import { texts } from '../../kit/i18n.ts';

/** Texts of the queue's later parts: choosing many, clocks, views. */
export const en = {
  select: 'Choose {title}',
  chosen: { one: '{count} chosen', other: '{count} chosen' },
  'choose-none': 'Choose none',
  bulk: 'With those chosen',
  'verb-acknowledge': 'Acknowledge',
  'verb-assign': 'Assign',
  'verb-contain': 'Contain',
  'verb-resolve': 'Resolve',
  'verb-false-alarm': 'False alarm',
  why: 'Why, for the record of each',
  'why-missing': 'A few words are needed.',
  'assign-to': 'Assign to',
  'bulk-title': '{verb}: {count}',
  done: { one: '{count} incident changed', other: '{count} incidents changed' },
  refused: {
    one: '{count} was left as it is: {message}',
    other: '{count} were left as they are, the first because: {message}',
  },
  'due-acknowledge': 'Acknowledge within {time}',
  'due-contain': 'Contain within {time}',
  'late-acknowledge': 'To be acknowledged {time} ago',
  'late-contain': 'To be contained {time} ago',
  views: 'Views',
  'view-all': 'All active',
  'view-mine': 'Mine',
  'view-nobody': 'Nobody’s',
  'view-late': 'Older than 4 hours',
  'view-saved': 'Save this view',
  'view-name': 'Name',
  'view-shared': 'Everybody sees it',
  'view-save': 'Save',
  'view-remove': 'Remove “{name}”',
  'view-shared-by': 'by {name}',
  find: 'Find in titles',
  theme: 'Theme',
  'all-themes': 'All themes',
  hold: '{title}, loading',
} as const;

export const words = texts(en);
