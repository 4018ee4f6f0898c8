import type { StoryStep } from '../../../cloud/api/contract.ts';
import { Icon } from '../../kit/icons.tsx';
import { ExactTime } from '../../kit/relative-time.tsx';
import { valueWords } from '../picture/condition.ts';
import { text } from '../text.ts';
import { factName } from './fact-name.ts';

type Observed = StoryStep['evidence'][number];

const measured: Partial<Record<Observed['kind'], string>> = {
  'temperature.measured': 'temperature',
  'humidity.measured': 'humidity',
  'battery.measured': 'battery',
};

function words(observed: Observed): string {
  const label = text(`seen.${observed.kind}`);
  if (observed.value === undefined) return label;
  const value = valueWords({ property: measured[observed.kind] ?? '', value: observed.value });
  return text('seen.value', { label, value });
}

/** The observations that a step rests on, one click away. */
export function Evidence(props: { step: StoryStep; nameOf: (asset: string) => string; zone: string }) {
  const { step, nameOf, zone } = props;
  const facts = Object.entries(step.detection.facts);
  const observables = Object.entries(step.detection.observables);
  return (
    <details class="evidence">
      <summary>
        <Icon name="chevron-right" size={13} />
        {text('incident.evidence', { count: step.evidence.length })}
      </summary>
      {facts.length + observables.length === 0 ? null : (
        <dl class="facts">
          {[...facts, ...observables].map(([key, value]) => (
            <div key={key}>
              <dt>{factName(key)}</dt>
              <dd class="mono">{String(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {step.evidence.length === 0 ? (
        <p class="faint">{text('incident.no-evidence')}</p>
      ) : (
        <ol class="observations">
          {step.evidence.map((observed) => (
            <li key={observed.id} title={observed.id}>
              <span class="faint">
                <ExactTime at={observed.at} timeZone={zone} />
              </span>
              <span>
                {words(observed)} <span class="faint">· {nameOf(observed.asset)}</span>
                {observed.facts === undefined ? null : (
                  <span class="observation-facts faint">
                    {Object.entries(observed.facts)
                      .map(([key, value]) => `${factName(key)} ${String(value)}`)
                      .join(' · ')}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
    </details>
  );
}
