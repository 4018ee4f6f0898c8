import type { EvidencePictures } from '../../../edge/api/contract.ts';
import { SeverityChip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { preciseTime, timeOrDay } from '../../kit/time.ts';
import { useAnswer } from '../answer.ts';
import { wordsOf } from '../languages/alarms.ts';
import { api } from '../session.ts';
import { text } from '../text.ts';

const isList = (value: unknown): value is EvidencePictures[] => Array.isArray(value);
/** Alarms whose pictures are shown. */
const SHOWN_SETS = 12;

/** The pictures kept around alarms. @param of asked anew whenever it changes */
export function Evidence({ of, timeZone }: { of: readonly (string | number)[]; timeZone: string }) {
  const { answer, failure, again } = useAnswer((until) => api.get('api/evidence', isList, until), of);
  if (answer === undefined) {
    if (failure === undefined) return <Skeleton lines={[160]} />;
    return <ErrorState message={failure.message} onRetry={again} />;
  }
  if (answer.length === 0)
    return (
      <EmptyState icon="picture" title={text('cameras.no-evidence')}>
        {text('cameras.no-evidence-text')}
      </EmptyState>
    );
  return (
    <ul class="evidence-sets">
      {answer.slice(0, SHOWN_SETS).map((set) => (
        <Pictures key={set.set} set={set} timeZone={timeZone} />
      ))}
    </ul>
  );
}

function Pictures({ set, timeZone }: { set: EvidencePictures; timeZone: string }) {
  return (
    <li class="card">
      <header class="alarm-facts">
        <SeverityChip severity={set.severity} />
        <span>{timeOrDay(set.at, now.value, timeZone)}</span>
        <span>{set.camera.name}</span>
      </header>
      <p class="evidence-summary">
        {wordsOf({ ...set, id: set.detection, assets: set.assets ?? [] }).summary}
      </p>
      <div class="evidence-strip">
        {set.pictures.map(({ file, takenAt }) => (
          <figure key={file} class="evidence-picture">
            <img
              src={`api/evidence/${encodeURIComponent(set.set)}/${encodeURIComponent(file)}`}
              alt={text('cameras.picture', { name: set.camera.name, time: preciseTime(takenAt, timeZone) })}
              loading="lazy"
            />
            <figcaption>
              {text(takenAt < set.at ? 'cameras.before' : 'cameras.after', {
                time: preciseTime(takenAt, timeZone),
              })}
            </figcaption>
          </figure>
        ))}
      </div>
    </li>
  );
}
