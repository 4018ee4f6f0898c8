import { texts } from '../../kit/i18n.ts';

const en = {
  'picture.tools': 'More of the picture',
  'picture.look-back': 'Look back',
  'picture.map': 'Map',
  'picture.wall': 'Wall screen',
  'picture.floor': 'Floor',
  'picture.floor-alarm': '{name}, something is wrong there',
  'picture.more-sites': { one: 'Show {count} more site', other: 'Show {count} more sites' },
  'picture.then': 'Only what was so then',
  'picture.then-text':
    'Incidents are counted that were unresolved at that moment, as grave as they are judged today. What the gateways said of their backlog, and cyber sources, are not kept.',
  'picture.alarmed': { one: 'site had an incident', other: 'sites had incidents' },
  'picture.edit-plan': 'Floor plan',
  'picture.people': { one: '{count} person', other: '{count} people' },
  'picture.people-in': {
    one: '{count} person in {zone}, by badge',
    other: '{count} people in {zone}, by badge',
  },
  'picture.who': 'Who is here',
  'picture.by-badge': 'By the last badge that was let in.',
  'picture.links-down': { one: '{count} link down', other: '{count} links down' },
  'picture.link-gateway': 'Gateway',
  'picture.link-uplink': 'Alarm transmission',
  'picture.link-camera': 'Camera',
  'picture.link-device': 'Device',
  'picture.stale': 'stale',
  'picture.stale-data': { one: '{count} stale', other: '{count} stale' },
  'picture.as-of': 'as of {time}',
} as const;

export const words = texts(en);
export const pictureKeys: readonly string[] = Object.keys(en);
