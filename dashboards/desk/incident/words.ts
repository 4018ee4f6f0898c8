import { texts } from '../../kit/i18n.ts';

/** Texts of the incident's later parts. */
export const en = {
  graph: 'Why it is one, as a graph',
  'graph-hint': 'Tab goes from link to link; Enter reads its evidence.',
  edge: 'Step {a} and step {b}: {because}',
  evidence: 'Steps {a} and {b}',
  'split-here': 'Take apart here',
  'split-words': 'Takes steps {steps} out: this link alone holds them.',
  'not-alone': 'Other links hold these two together as well.',
  'split-why': 'Why do they not belong together?',
  'split-hint': 'It stays in the record, and can be undone.',
  more: { one: '{count} more step is not drawn.', other: '{count} more steps are not drawn.' },
  similar: 'Seen before',
  'similar-none': 'Nothing like it was seen before.',
  'similar-ago': '{because}, {time} ago',
  'was-false': 'was a false alarm',
  'was-resolved': 'was resolved',
  'is-open': 'is still open',
  said: '{name}: “{text}”',
  likeness: '{percent} % alike',
  'is-looking': '{name} looks at this',
  'is-writing': '{name} is writing',
  here: 'Here now',
  bundle: 'Evidence',
  'bundle-title': 'All evidence in one file, which gatehouse verify proves',
  'zoom-in': 'Closer',
  'zoom-out': 'Further',
  earlier: 'Earlier',
  later: 'Later',
  whole: 'All',
  lanes: 'Time axis: plus and minus zoom, the arrow keys move, 0 shows all',
  span: 'Shown: {from} to {to}',
} as const;

export const words = texts(en);
