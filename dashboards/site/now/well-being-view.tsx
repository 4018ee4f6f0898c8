import type { SiteAlarm, SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { say } from '../../kit/toast.tsx';
import { acknowledge, asPerson } from '../session.ts';
import { text } from '../text.ts';
import { AlarmCard } from './alarm-card.tsx';
import { type WellBeing, wellBeing } from './well-being.ts';

/** Alarms that say at once what to do; of the others one asks. */
const SHOWN_WHOLE = 2;

const seeAll = (alarms: readonly SiteAlarm[]) =>
  asPerson(
    text('alarm.see-all', { count: alarms.length }),
    () => Promise.all(alarms.map(({ id }) => acknowledge(id))),
    () => say(text('alarm.noted'), 'good'),
  );

/**
 * The first thing one sees: nothing to do, or what to do.
 * @param isOld the page is from before: nobody may say that all is well
 */
export function WellBeingView({ page, isOld }: { page: SitePage; isOld: boolean }) {
  const being = wellBeing(page);
  const { level, open, seen, blind } = being;
  const { timeZone } = page.site;
  return (
    <section class="well-being" aria-live="polite">
      <header class={`well well-${level}`} hidden={isOld}>
        <span class="well-sign">
          <Icon name={level === 'calm' ? 'check' : level === 'urgent' ? 'siren' : 'eye'} size={34} />
        </span>
        <div>
          <h1 class="well-title">{titleFor(being, page)}</h1>
          <p class="well-text">{sentenceFor(being, page)}</p>
        </div>
      </header>
      {open.map((alarm, index) => (
        <AlarmCard key={alarm.id} alarm={alarm} timeZone={timeZone} isShort={index >= SHOWN_WHOLE} />
      ))}
      {open.length > 1 ? (
        <div class="well-all">
          <Button icon="eye" onClick={() => seeAll(open)}>
            {text('alarm.see-all', { count: open.length })}
          </Button>
        </div>
      ) : null}
      {seen.map((alarm) => (
        <AlarmCard key={alarm.id} alarm={alarm} timeZone={timeZone} isShort />
      ))}
      {blind.length === 0 ? null : (
        <aside class="blind">
          <Icon name="eye" size={22} />
          <div>
            <h2 class="blind-title">{text('well.blind')}</h2>
            <p>{blind.map(({ what, name }) => text(`well.blind.${what}`, { name })).join(' · ')}</p>
          </div>
        </aside>
      )}
    </section>
  );
}

function titleFor({ level, open }: WellBeing, { arming, devices }: SitePage): string {
  if (level === 'calm') return text('well.calm');
  if (level === 'attention') return text(devices.length === 0 ? 'well.nothing' : 'well.attention');
  if (open.length > 0) return text('well.urgent', { count: open.length });
  return text(arming.phase === 'triggered' ? 'arming.triggered' : 'well.entry');
}

function sentenceFor({ level, open, seen }: WellBeing, { arming, devices }: SitePage): string {
  if (level === 'calm')
    return text(
      arming.mode !== 'disarmed' && arming.phase === 'settled' ? 'well.calm-armed' : 'well.calm-text',
    );
  if (level === 'urgent') {
    if (open.length > 0) return text('well.urgent-text');
    return text(arming.phase === 'triggered' ? 'arming.triggered-text' : 'well.entry-text');
  }
  if (devices.length === 0 && open.length === 0) return text('well.nothing-text');
  return text(seen.length > 0 ? 'well.seen-text' : 'well.attention-text');
}
