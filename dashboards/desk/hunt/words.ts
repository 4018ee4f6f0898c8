import { texts } from '../../kit/i18n.ts';

/** Texts of the search over everything that was seen. */
export const en = {
  title: 'Search',
  about: 'Everything that was seen and judged, at all sites.',
  query: 'What to look for',
  example: 'kind:door.opened site:linden person:"Anna" 203.0.113.7 after:2h',
  go: 'Search',
  help: 'How to ask',
  'help-words': 'Words narrow: all of them must be there. "Words together" in quotes, a beginning as pass*.',
  'help-keys':
    'kind: rule: site: asset: person: severity: source: with a value; several with commas; a minus in front takes away.',
  'help-time': 'after:2h, after:3d, before:2026-11-23T14:05 (UTC).',
  try: 'Did you mean',
  'at-column': 'At column {column}: {message}',
  total: { one: '{count} found', other: '{count} found' },
  'total-more': 'More than {count}; counted are the newest',
  behind: {
    one: '{count} newer record can’t be searched yet.',
    other: '{count} newer records can’t be searched yet.',
  },
  chart: 'Found over time, each bar {width}',
  bar: { one: '{time}: {count}', other: '{time}: {count}' },
  'facet-kinds': 'Kinds and rules',
  'facet-sites': 'Sites',
  'facet-assets': 'Assets',
  'of-newest': 'Of the newest {count}.',
  nothing: 'Nothing found',
  'nothing-text': 'Nothing that was seen fits all of it. Take a term away, or look further back.',
  more: 'Show more',
  export: 'Export as CSV',
  save: 'Keep this search',
  saved: 'Kept searches',
  name: 'Name',
  shared: 'Everybody sees it',
  watch: 'Raise a detection when something new matches',
  'watch-severity': 'As severe as',
  watched: 'watched',
  keep: 'Keep',
  remove: 'Remove “{name}”',
  observation: 'Observation',
  detection: 'Detection',
  suppress: 'Suppress this rule',
  detail: 'Details of {what}',
} as const;

export const words = texts(en);
