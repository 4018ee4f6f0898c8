import type { SentAlerts } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { Chip, SeverityMark, type Tone } from '../../kit/chip.tsx';
import type { IconName } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { address } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { deskZone } from '../live/desk-state.ts';
import { fetchSent } from './requests.ts';
import { words } from './words.ts';

type Item = SentAlerts['items'][number];

const looks: Record<Item['state'], { tone: Tone; icon: IconName }> = {
  waiting: { tone: 'accent', icon: 'clock' },
  sent: { tone: 'good', icon: 'check' },
  'given-up': { tone: 'critical', icon: 'warning' },
  unknown: { tone: 'medium', icon: 'warning' },
  pointless: { tone: 'neutral', icon: 'false-alarm' },
};

/** What was said, to whom, and whether it got through. */
export function Sent() {
  const [held, ask] = useAskedAgain(fetchSent);
  const sent = held.value;
  if (sent.state === 'loading') return <Skeleton lines={[64, 64, 64]} />;
  if (sent.state === 'failed') return <ErrorState message={sent.message} onRetry={ask} />;
  if (sent.value.items.length === 0)
    return (
      <EmptyState icon="bell" title={words('sent.empty')}>
        {words('sent.empty-text')}
      </EmptyState>
    );
  return (
    <Card flush>
      <ul class="alerting-sent">
        {sent.value.items.map((item) => (
          <SentAlert key={item.id} item={item} />
        ))}
      </ul>
    </Card>
  );
}

function SentAlert({ item }: { item: Item }) {
  const { tone, icon } = looks[item.state];
  const channel = words(`channel.${item.channel}`);
  const where = item.where === '' || item.where === item.to ? undefined : item.where;
  return (
    <li>
      <SeverityMark severity={item.severity} />
      <div class="alerting-said">
        {item.incident === '' ? (
          <strong>{item.title}</strong>
        ) : (
          <a href={address('incidents', item.incident)}>
            <strong>{item.title}</strong>
          </a>
        )}
        <p>{item.text}</p>
        <p class="soft">
          {where === undefined
            ? words('sent.to', { channel, to: item.to })
            : words('sent.to-where', { channel, to: item.to, where })}
          {item.tries > 1 ? ` · ${words('sent.tries', { count: item.tries })}` : null}
          {item.problem === undefined || item.state === 'sent' ? null : ` · ${item.problem}`}
        </p>
      </div>
      <div class="alerting-fate">
        <Chip tone={tone} icon={icon}>
          {words(`state.${item.state}`)}
        </Chip>
        {item.acknowledgedAt === undefined ? null : (
          <Chip tone="good" icon="check">
            {words('sent.taken')}
          </Chip>
        )}
        <span class="soft">
          <RelativeTime at={item.at} timeZone={deskZone.value} />
        </span>
      </div>
    </li>
  );
}
