import type { SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { address } from '../../kit/route.ts';
import { lostSince } from '../live/site-state.ts';
import { TemperatureTiles } from '../temperatures/temperature-tiles.tsx';
import { text } from '../text.ts';
import { ArmingCard } from './arming-card.tsx';
import { Cameras, silence } from './cameras.tsx';
import { Doors } from './doors.tsx';
import { Notices } from './notices.tsx';
import { WellBeingView } from './well-being-view.tsx';

/** How the site is now: what is wrong and what to do, the alarm, the doors, the fridges. */
export function NowPage({ page }: { page: SitePage }) {
  const { site, doors, temperatures, sirens } = page;
  const sounding = sirens.filter((siren) => siren.sounding);
  return (
    <div class="now">
      <div class="now-first">
        {sounding.length === 0 ? null : (
          <div class="sounding" role="alert">
            <Icon name="siren" size={26} />
            <p>{text('alarm.sounding', { name: sounding.map(({ name }) => name).join(', ') })}</p>
            <Button onClick={silence}>{text('alarm.silence')}</Button>
          </div>
        )}
        <Notices page={page} />
        <WellBeingView page={page} isOld={lostSince.value !== undefined} />
        {page.inbox.length === 0 ? null : (
          <a class="found" href={address('devices')}>
            <Icon name="wifi" size={24} />
            <span>{text('now.found', { count: page.inbox.length })}</span>
            <Icon name="chevron-right" size={20} />
          </a>
        )}
      </div>
      <div class="now-side">
        <ArmingCard page={page} />
        <Cameras page={page} />
      </div>
      <div class="now-rest">
        <TemperatureTiles temperatures={temperatures} assets={page.assets} />
        <Doors doors={doors} locks={page.locks ?? []} commands={page.commands} timeZone={site.timeZone} />
      </div>
    </div>
  );
}
