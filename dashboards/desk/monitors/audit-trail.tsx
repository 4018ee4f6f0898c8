import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { deskZone } from '../live/desk-state.ts';
import { fetchTrailHealth, session } from '../session.ts';
import { text } from '../text.ts';

/** How the tamper-evident log stands, and how anybody checks it. */
export function AuditTrail() {
  return session.value?.role === 'operator' ? null : <Health />;
}

function Health() {
  const [health, ask] = useAskedAgain(fetchTrailHealth);
  const held = health.value;
  return (
    <Card title={text('trail.title')} labelledBy="trail">
      {held.state === 'loading' ? (
        <Skeleton lines={[60]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={ask} />
      ) : held.value.enabled ? (
        <div class="trail">
          <dl class="monitor-figures">
            <div>
              <dt>{text('trail.size')}</dt>
              <dd>{held.value.size.toLocaleString('en')}</dd>
            </div>
            <div>
              <dt>{text('trail.checkpoint')}</dt>
              <dd>
                {held.value.lastAt === undefined ? (
                  <span class="faint">{text('trail.never')}</span>
                ) : (
                  <RelativeTime at={held.value.lastAt} timeZone={deskZone.value} />
                )}
              </dd>
            </div>
          </dl>
          {[held.value.problem, held.value.witnessProblem].map((problem) =>
            problem === undefined ? null : (
              <Chip key={problem} tone="critical" icon="warning">
                {problem}
              </Chip>
            ),
          )}
          <p class="soft">{text('trail.verify')}</p>
          <p class="mono command">gatehouse verify audit-trail.ndjson --key key</p>
        </div>
      ) : (
        <p class="faint">{text('trail.off')}</p>
      )}
    </Card>
  );
}
