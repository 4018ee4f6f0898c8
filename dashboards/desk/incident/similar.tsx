import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SimilarIncidents } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { SeverityMark } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { shaped } from '../../kit/request.ts';
import { address } from '../../kit/route.ts';
import { duration } from '../../kit/time.ts';
import { type Loaded, load } from '../loaded.ts';
import { api } from '../session.ts';
import { words } from './words.ts';

const isSimilar = shaped<SimilarIncidents>({ items: 'array' });

/** What was like it before, and what came of it. */
export function Similar({ incident }: { incident: string }) {
  const found = useSignal<Loaded<SimilarIncidents>>({ state: 'loading' });
  useEffect(() => {
    void load(found, () => api.get(`api/incidents/${encodeURIComponent(incident)}/similar`, isSimilar));
  }, [incident]);
  const held = found.value;
  if (held.state !== 'there') return null;
  return (
    <Card title={words('similar')} labelledBy="similar">
      {held.value.items.length === 0 ? (
        <p class="soft">{words('similar-none')}</p>
      ) : (
        <ul class="similar">
          {held.value.items.map(({ summary, similarity, because, outcome }) => (
            <li key={summary.id}>
              <SeverityMark severity={summary.severity} />
              <div>
                <a class="quiet-link" href={address('incidents', summary.id)}>
                  {summary.title}
                </a>
                <p class="soft">
                  {words('similar-ago', {
                    because: because.join(', '),
                    time: duration(Math.max(0, now.value - summary.last)),
                  })}
                  {': '}
                  <strong>
                    {outcome === undefined
                      ? words('is-open')
                      : outcome.state === 'false-alarm'
                        ? words('was-false')
                        : words('was-resolved')}
                  </strong>
                </p>
                {outcome?.text === undefined ? null : (
                  <p class="faint">{words('said', { name: outcome.by, text: outcome.text })}</p>
                )}
              </div>
              <span class="faint">{words('likeness', { percent: Math.round(similarity * 100) })}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
