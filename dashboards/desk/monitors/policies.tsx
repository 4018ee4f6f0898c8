import type { PolicyRow } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { Chip, type Tone } from '../../kit/chip.tsx';
import type { IconName } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { deskZone } from '../live/desk-state.ts';
import { fetchPolicies } from '../session.ts';
import { text } from '../text.ts';

const looks: Record<PolicyRow['state'], { tone: Tone; icon: IconName }> = {
  violated: { tone: 'high', icon: 'warning' },
  met: { tone: 'good', icon: 'check' },
  'no-data': { tone: 'medium', icon: 'eye' },
  'not-applicable': { tone: 'neutral', icon: 'more' },
  'switched-off': { tone: 'neutral', icon: 'false-alarm' },
};
const order = Object.keys(looks);

/** How the rules of the house stand, broken ones first, each with what it serves. */
export function Policies() {
  const [list, ask] = useAskedAgain(fetchPolicies);
  const held = list.value;
  const items =
    held.state === 'there'
      ? held.value.items.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
      : [];
  return (
    <Card
      title={text('policies.title')}
      labelledBy="policies"
      aside={
        items.length === 0
          ? undefined
          : text('policies.kept', {
              met: items.filter(({ state }) => state === 'met').length,
              all: items.length,
            })
      }
    >
      {held.state === 'loading' ? <Skeleton lines={[40, 40, 40]} /> : null}
      {held.state === 'failed' ? <ErrorState message={held.message} onRetry={ask} /> : null}
      {held.state === 'there' && items.length === 0 ? <p class="faint">{text('policies.empty')}</p> : null}
      <ul class="policies">
        {items.map(({ id, title, state, serves, since, breaches }) => (
          <li key={id}>
            <Chip tone={looks[state].tone} icon={looks[state].icon}>
              {text(`policies.${state}`)}
            </Chip>
            <div>
              <p>{title}</p>
              <p class="faint">
                {serves.map(({ standard, section }) => `${standard}, ${section}`).join(' · ')}
              </p>
              {breaches.slice(-3).map(({ detection, summary }) => (
                <p key={detection} class="soft">
                  {summary}
                </p>
              ))}
              {since === undefined ? null : (
                <p class="faint">
                  {text('policies.since')} <RelativeTime at={since} timeZone={deskZone.value} />
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
