import type { SitePage } from '../../../edge/api/contract.ts';
import { Icon } from '../../kit/icons.tsx';
import { text } from '../text.ts';
import { AlarmCard } from './alarm-card.tsx';
import { type WellBeing, wellBeing } from './well-being.ts';

/** The first thing one sees: nothing to do, or what to do. */
export function WellBeingView({ page }: { page: SitePage }) {
  const being = wellBeing(page);
  const { level, open, seen, blind } = being;
  const { timeZone } = page.site;
  return (
    <section class="well-being" aria-live="polite">
      <header class={`well well-${level}`}>
        <span class="well-sign">
          <Icon name={level === 'calm' ? 'check' : level === 'urgent' ? 'siren' : 'eye'} size={34} />
        </span>
        <div>
          <h1 class="well-title">
            {level === 'urgent' && open.length > 0
              ? text('well.urgent', { count: open.length })
              : level === 'urgent'
                ? text('arming.triggered')
                : text(level === 'calm' ? 'well.calm' : 'well.attention')}
          </h1>
          <p class="well-text">{sentenceFor(being, page)}</p>
        </div>
      </header>
      {open.map((alarm) => (
        <AlarmCard key={alarm.id} alarm={alarm} timeZone={timeZone} />
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
      {seen.map((alarm) => (
        <AlarmCard key={alarm.id} alarm={alarm} timeZone={timeZone} />
      ))}
    </section>
  );
}

function sentenceFor({ level, open, seen }: WellBeing, { arming }: SitePage): string {
  if (level === 'calm')
    return text(
      arming.mode !== 'disarmed' && arming.phase === 'settled' ? 'well.calm-armed' : 'well.calm-text',
    );
  if (level === 'urgent') return text(open.length === 0 ? 'arming.triggered-text' : 'well.urgent-text');
  return text(open.length === 0 && seen.length > 0 ? 'well.seen-text' : 'well.attention-text');
}
