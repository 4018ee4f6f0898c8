import { texts } from '../../kit/i18n.ts';

const en = {
  'map.title': 'Map',
  'map.label': 'Map of the sites. Arrow keys move it, plus and minus zoom, 0 shows all sites.',
  'map.zoom-in': 'Nearer',
  'map.zoom-out': 'Farther',
  'map.fit': 'Show all sites',
  'map.calm': 'All calm',
  'map.unlinked': 'Not linked',
  'map.trouble': 'Something does not get through',
  'map.site': '{name}, {says}',
  'map.incidents': { one: '{count} incident', other: '{count} incidents' },
  'map.cluster': { one: '{count} site, the gravest: {says}', other: '{count} sites, the gravest: {says}' },
  'map.cluster-list': 'Sites at this place',
  'map.find': 'Find a site',
  'map.list': 'Sites',
  'map.none-found': 'No site is called that',
  'map.more': { one: 'and {count} more: search for it', other: 'and {count} more: search for them' },
  'map.not-placed': 'Not on the map',
  'map.not-placed-text': 'These sites have no coordinates in the registry.',
  'map.no-land': 'Land and borders could not be fetched. The sites are where they are.',
  'map.nothing': 'No site is on the map yet',
  'map.nothing-text': 'Give the sites latitude and longitude in the registry, and they are shown here.',
  'map.close': 'Close',
  'map.close-named': 'Close {name}',
} as const;

export const words = texts(en);
export const mapKeys: readonly string[] = Object.keys(en);
