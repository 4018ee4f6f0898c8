import { useSignal } from '@preact/signals';
import type { CascadePath, CascadeReport } from '../../../cloud/api/contract.ts';
import { Select } from '../../kit/field.tsx';
import { time } from '../assets/asset-words.ts';
import { keyOf } from './timeline.tsx';
import { words } from './words.ts';

/** Each end that paths are told of: services first, the most expensive first. */
const endsOf = ({
  services,
  effects,
}: CascadeReport): { key: string; name: string; paths: CascadePath[] }[] => [
  ...services.map(({ id, name, paths }) => ({ key: `service ${id}`, name, paths })),
  ...effects
    .filter(({ paths }) => paths.length > 0)
    .map((one) => ({ key: keyOf(one), name: one.words, paths: one.paths })),
];

/** The ways by which something comes about, drawn, before and after. */
export function Paths({ before, after }: { before: CascadeReport; after: CascadeReport | undefined }) {
  const ends = endsOf(before);
  const chosen = useSignal('');
  const end = ends.find(({ key }) => key === chosen.value) ?? ends[0];
  if (end === undefined) return <p class="faint">{words('answer.nothing')}</p>;
  const later =
    after === undefined ? undefined : (endsOf(after).find(({ key }) => key === end.key)?.paths ?? []);
  return (
    <>
      <div class="paths-choice">
        <Select
          label={words('paths.to')}
          value={end.key}
          options={ends.map(({ key, name }) => ({ value: key, label: name }))}
          onChange={(key) => {
            chosen.value = key;
          }}
        />
      </div>
      <div class={later === undefined ? '' : 'cascade-sides'}>
        <PathList title={later === undefined ? undefined : words('answer.before')} paths={end.paths} />
        {later === undefined ? null : <PathList title={words('answer.after')} paths={later} />}
      </div>
    </>
  );
}

function PathList({ title, paths }: { title: string | undefined; paths: readonly CascadePath[] }) {
  return (
    <div>
      {title === undefined ? null : <h3 class="cascade-side-title">{title}</h3>}
      {paths.length === 0 ? <p class="faint">{words('paths.none')}</p> : null}
      <ul class="paths">
        {paths.map(({ share, steps, words: sentence }) => (
          <li key={sentence}>
            <div class="path-share">
              <span class="path-bar">
                <span style={{ width: `${Math.max(2, share * 100)}%` }} />
              </span>
              {words('paths.share', { share: Math.round(share * 100) })}
            </div>
            <ol class="path">
              {steps.map((step, index) => {
                const apart = step.atMs - (steps[index - 1]?.atMs ?? 0);
                return (
                  <li key={`${step.asset}:${step.effect}`} class="path-step">
                    {index === 0 ? null : (
                      <span class="path-arrow">
                        {apart < 1 ? words('paths.at-once') : words('paths.later', { time: time(apart) })}
                      </span>
                    )}
                    <span class="path-box">
                      <strong>{step.name}</strong>
                      <span>{step.effect}</span>
                    </span>
                  </li>
                );
              })}
            </ol>
          </li>
        ))}
      </ul>
    </div>
  );
}
