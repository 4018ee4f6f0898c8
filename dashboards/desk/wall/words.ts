import { texts } from '../../kit/i18n.ts';

const en = {
  'wall.title': 'Wall screen',
  'wall.leave': 'Leave the wall screen',
  'wall.full': 'Full screen',
  'wall.lost': 'No connection since {time}. What you see is as it was then.',
  'wall.resuming': 'The connection was lost. Trying again.',
  'wall.elsewhere': 'Incidents that belong to no site',
  'wall.calm': 'All calm',
  'wall.calm-text': {
    one: '{count} site, nothing that needs anybody',
    other: '{count} sites, nothing that needs anybody',
  },
  'wall.open': { one: 'incident waits', other: 'incidents wait' },
  'wall.armed': 'armed',
  'wall.linked': 'linked',
  'wall.of': '{part} of {all}',
  'wall.attention': { one: '{count} site needs attention', other: '{count} sites need attention' },
  'wall.place': '{number} of {count}',
  'wall.unlinked': 'Not linked',
  'wall.links-down': { one: '{count} link down', other: '{count} links down' },
  'wall.stale': { one: '{count} datum is stale', other: '{count} data are stale' },
  'wall.no-sites': 'No sites yet',
  'wall.all-sites': 'All sites',
  'wall.as-of': 'as of {time}',
} as const;

export const words = texts(en);
export const wallKeys: readonly string[] = Object.keys(en);
