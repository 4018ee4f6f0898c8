import { useSignal } from '@preact/signals';
import type { LinkSuggestionList } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import type { IconName } from '../../kit/icons.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { deskZone } from '../live/desk-state.ts';
import { text } from '../text.ts';
import { decide, loadSuggestions, mayDecide, suggestions } from './registry-data.ts';

type Suggestion = LinkSuggestionList['items'][number];

const icons: Record<Suggestion['kind'], readonly [IconName, IconName]> = {
  'badge-account': ['badge', 'account'],
  'account-account': ['account', 'account'],
  'account-host': ['account', 'host'],
  'badge-vehicle': ['badge', 'vehicle'],
  'address-asset': ['network', 'host'],
};

/** What seems to belong together, with what speaks for it and against it. */
export function SuggestionList() {
  const held = suggestions.value;
  if (held.state === 'loading') return <Skeleton lines={[120, 120, 120]} />;
  if (held.state === 'failed')
    return <ErrorState message={held.message} onRetry={() => void loadSuggestions()} />;
  const { items, decided } = held.value;
  return (
    <>
      {items.length === 0 ? (
        <EmptyState icon="check" title={text('links.nothing')}>
          {text('links.nothing-text')}
        </EmptyState>
      ) : (
        <ul class="link-list">
          {items.map((one) => (
            <SuggestionCard key={one.id} one={one} />
          ))}
        </ul>
      )}
      {decided.length === 0 ? null : (
        <details class="registry-decided">
          <summary>{text('links.decided', { count: decided.length })}</summary>
          <ul>
            {decided.map((one) => (
              <li key={one.id}>
                <span>
                  {one.decision === 'accepted'
                    ? text('links.was-accepted', { a: one.a, b: one.b, by: one.by })
                    : text('links.was-rejected', { a: one.a, b: one.b, by: one.by })}
                </span>
                <span class="faint">
                  <RelativeTime at={one.at} timeZone={deskZone.value} />
                </span>
                {mayDecide() ? (
                  <Button
                    size="small"
                    look="quiet"
                    onClick={() => void decide(one.id, one.decision === 'accepted' ? 'rejected' : 'accepted')}
                  >
                    {one.decision === 'accepted' ? text('links.reject') : text('links.accept')}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function SuggestionCard({ one }: { one: Suggestion }) {
  const busy = useSignal(false);
  const [first, second] = icons[one.kind];
  const say = async (decision: 'accepted' | 'rejected') => {
    busy.value = true;
    await decide(one.id, decision);
    busy.value = false;
  };
  return (
    <li>
      <Card flush>
        <div class="link-head">
          <h2 class="link-ends">
            <End icon={first} name={one.a} known={one.aName} />
            <Icon name="link" size={16} />
            <End icon={second} name={one.b} known={one.bName} />
          </h2>
          <span class="link-sure">
            <strong>{text('links.confidence', { percent: Math.floor(one.confidence * 100) })}</strong>
            {one.isUsed ? (
              <Chip tone="accent" icon="check">
                {text('links.used')}
              </Chip>
            ) : null}
          </span>
        </div>
        <p class="link-kind faint">{text(`links.${one.kind}`)}</p>
        <div class="link-evidence">
          <p>
            <Icon name="check" size={14} />
            <span>
              {text('links.together', { together: one.together, days: one.days })}{' '}
              <span class="faint">
                {text('links.last')} <RelativeTime at={one.lastAt} timeZone={deskZone.value} />
              </span>
            </span>
          </p>
          {one.against.map(({ what, days }) => (
            <p key={what}>
              <Icon name="close" size={14} />
              <span>{text(`against.${what}`, { count: days, a: one.a, b: one.b })}</span>
            </p>
          ))}
          {one.rival === undefined || one.rival.confidence < 0.005 ? null : (
            <p>
              <Icon name="split" size={14} />
              <span>
                {text('links.rival', {
                  name: one.rival.name,
                  percent: Math.max(1, Math.round(one.rival.confidence * 100)),
                })}
              </span>
            </p>
          )}
        </div>
        <details class="link-more">
          <summary>{text('links.contradict')}</summary>
          <p>{text(`contradict.${one.kind}`, { a: one.a, b: one.b })}</p>
          <p class="faint">{text('links.observations')}</p>
          <ul class="link-ids">
            {one.evidence.map((id) => (
              <li key={id}>{id}</li>
            ))}
          </ul>
          {one.evidenceAgainst.length === 0 ? null : (
            <>
              <p class="faint">{text('links.observations-against')}</p>
              <ul class="link-ids">
                {one.evidenceAgainst.map((id) => (
                  <li key={id}>{id}</li>
                ))}
              </ul>
            </>
          )}
        </details>
        {mayDecide() ? (
          <footer class="link-actions">
            <Button
              look="quiet"
              busy={busy.value}
              label={`${text('links.reject')}: ${one.a}, ${one.b}`}
              onClick={() => void say('rejected')}
            >
              {text('links.reject')}
            </Button>
            <Button
              look="primary"
              icon="check"
              busy={busy.value}
              label={`${text('links.accept')}: ${one.a}, ${one.b}`}
              onClick={() => void say('accepted')}
            >
              {text('links.accept')}
            </Button>
          </footer>
        ) : null}
      </Card>
    </li>
  );
}

function End({ icon, name, known }: { icon: IconName; name: string; known: string | undefined }) {
  return (
    <span class="link-end">
      <Icon name={icon} size={18} />
      <span>
        {name}
        {known === undefined ? null : <span class="link-known">{known}</span>}
      </span>
    </span>
  );
}
