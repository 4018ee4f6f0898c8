import { useMemo } from 'preact/hooks';
import type { IncidentPage } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { Icon } from '../../kit/icons.tsx';
import { text } from '../text.ts';
import { numberRanges, splitsOf } from './splits.ts';
import { StrengthWord } from './story.tsx';

/** The strongest links are shown; an incident of hundreds of detections has thousands. */
const MAX_LINKS = 40;

/** Every link with its reasons, and which of them hold it together alone. */
export function WhyOne({ page }: { page: IncidentPage }) {
  const ids = page.story.map(({ detection }) => detection.id);
  const numberOf = (id: string) => ids.indexOf(id) + 1;
  const links = page.links
    .filter(({ a, b }) => numberOf(a) > 0 && numberOf(b) > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .slice(0, MAX_LINKS);
  const splits = useMemo(
    () =>
      splitsOf(
        page.story.map(({ detection }) => detection.id),
        page.links,
      ),
    [page],
  );
  return (
    <Card
      title={text('incident.why')}
      labelledBy="why"
      aside={page.links.length === 0 ? undefined : text('incident.links', { count: page.links.length })}
    >
      {page.links.length === 0 ? (
        <p class="soft">{text('incident.why-alone')}</p>
      ) : (
        <>
          <h3 class="group-title">{text('incident.holds')}</h3>
          <ul class="splits">
            {splits.length === 0 ? (
              <li>
                <Icon name="check" size={15} />
                <span>{text('incident.split-none')}</span>
              </li>
            ) : (
              splits.map(({ link, one, other }) => (
                <li key={`${link.a} ${link.b}`}>
                  <Icon name="split" size={15} />
                  <span>
                    {text('incident.split', {
                      a: numberOf(link.a),
                      b: numberOf(link.b),
                      one: numberRanges(one.map(numberOf)),
                      other: numberRanges(other.map(numberOf)),
                    })}
                  </span>
                </li>
              ))
            )}
          </ul>
          <h3 class="group-title">{text('incident.links-title')}</h3>
          <ul class="links">
            {links.map((link) => (
              <li key={`${link.a} ${link.b}`}>
                <span class="links-pair">
                  <span class="visually-hidden">
                    {text('incident.between', { a: numberOf(link.a), b: numberOf(link.b) })}
                  </span>
                  <StepNumber page={page} id={link.a} number={numberOf(link.a)} />
                  <span
                    class={`links-line links-${link.weight >= 0.7 ? 'strong' : 'weak'}`}
                    aria-hidden="true"
                  />
                  <StepNumber page={page} id={link.b} number={numberOf(link.b)} />
                </span>
                <span class="links-because">
                  {link.evidence.map(({ because }) => (
                    <span key={because}>{because}</span>
                  ))}
                </span>
                <StrengthWord weight={link.weight} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function StepNumber({ page, id, number }: { page: IncidentPage; id: string; number: number }) {
  const world = page.story.find(({ detection }) => detection.id === id)?.world ?? 'physical';
  return (
    <span class={`step-badge step-badge-small world-${world}`} aria-hidden="true">
      {number}
    </span>
  );
}
