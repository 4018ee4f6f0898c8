/** How a site stands, in one mark: a colour, a shape and a word. */
import type { PictureSite } from '../../../cloud/api/contract.ts';
import type { IconName } from '../../kit/icons.tsx';
import { kitText } from '../../kit/text.ts';
import { words } from './words.ts';

export type Standing = 'critical' | 'high' | 'medium' | 'low' | 'info' | 'unlinked' | 'trouble' | 'calm';

export interface SiteStanding {
  standing: Standing;
  icon: IconName;
  /** For people. */
  says: string;
  /** Graver sites come first. */
  weight: number;
}

const weights: Record<Standing, number> = {
  critical: 7,
  high: 6,
  medium: 5,
  unlinked: 4,
  low: 3,
  trouble: 2,
  info: 1,
  calm: 0,
};

/** Pure. */
export function standingOf(
  site: Pick<PictureSite, 'worst' | 'gateway' | 'linksDown' | 'summary'>,
): SiteStanding {
  const down = site.summary?.linksDown ?? site.linksDown?.length ?? 0;
  const isUnlinked = site.gateway?.connected === false;
  const { worst } = site;
  const standing: Standing =
    worst !== undefined && (!isUnlinked || weights[worst] > weights.unlinked)
      ? worst
      : isUnlinked
        ? 'unlinked'
        : down > 0
          ? 'trouble'
          : 'calm';
  const says =
    standing === 'calm' || standing === 'unlinked' || standing === 'trouble'
      ? words(`map.${standing}`)
      : kitText(`kit.severity.${standing}`);
  const icon: IconName =
    standing === 'calm'
      ? 'check'
      : standing === 'unlinked'
        ? 'wifi-off'
        : standing === 'trouble'
          ? 'link'
          : `severity-${standing}`;
  return { standing, icon, says, weight: weights[standing] };
}
