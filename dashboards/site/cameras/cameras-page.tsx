import { useSignal } from '@preact/signals';
import type { CameraStatus, EvidencePictures, SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { SeverityChip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { preciseTime, timeOrDay } from '../../kit/time.ts';
import { useAnswer } from '../answer.ts';
import { api, asPerson, session } from '../session.ts';
import { text } from '../text.ts';

const isList = <Entry,>(value: unknown): value is Entry[] => Array.isArray(value);
/** Alarms whose pictures are shown. */
const SHOWN_SETS = 12;

/** Cameras, whether each sees, and the pictures kept around alarms. Pictures are for people who are signed in. */
export function CamerasPage({ page }: { page: SitePage }) {
  const wanted = useSignal(0);
  const signedIn = session.value?.name ?? '';
  const { answer, failure, again } = useAnswer(
    async (until) => {
      const [cameras, sets] = await Promise.all([
        api.get('api/cameras', isList<CameraStatus>, until),
        api.get('api/evidence', isList<EvidencePictures>, until),
      ]);
      return { cameras, sets };
    },
    [signedIn, wanted.value, page.alarms.length, ...page.cameras.map(({ picture }) => picture)],
  );
  const isShut = failure?.status === 401;
  return (
    <div class="sheet">
      <h1 class="page-title">{text('cameras.title')}</h1>
      {page.cameras.length === 0 ? (
        <EmptyState icon="camera" title={text('cameras.none')}>
          {text('cameras.none-text')}
        </EmptyState>
      ) : (
        <ul class="tiles">
          {page.cameras.map(({ asset, name, picture, online }) => {
            const isBad = !online || picture === 'obscured';
            const status = answer?.cameras.find((each) => each.asset === asset);
            const failed = status?.roles.filter(({ works }) => !works) ?? [];
            return (
              <li key={asset} class={`tile${isBad ? ' camera-bad' : ''}`}>
                <span class="tile-sign">
                  <Icon name={isBad ? 'camera-off' : 'camera'} size={30} />
                </span>
                <div class="tile-text">
                  <h2 class="tile-name">{name}</h2>
                  <p class="tile-value">
                    {online ? text(`camera.picture.${picture}`) : text('camera.offline')}
                  </p>
                  <p class="tile-detail">
                    {[
                      ...(status?.model === undefined ? [] : [status.model]),
                      ...(status?.lastPictureAt === undefined
                        ? []
                        : [
                            text('cameras.last', {
                              time: timeOrDay(status.lastPictureAt, now.value, page.site.timeZone),
                            }),
                          ]),
                      ...failed.map(({ role }) => text(`cameras.role.${role}`)),
                    ].join(' · ')}
                  </p>
                </div>
              </li>
            );
          })}
        </ul>
      )}
      <section aria-labelledby="evidence-title">
        <h2 class="section-title" id="evidence-title">
          {text('cameras.evidence')}
        </h2>
        {isShut ? (
          <div class="card quiet">
            <Icon name="lock" size={26} />
            <p>{text('cameras.shut')}</p>
            <Button
              look="primary"
              onClick={() =>
                asPerson(
                  text('cameras.see'),
                  () => api.get('api/cameras', isList<CameraStatus>),
                  () => {
                    wanted.value++;
                  },
                )
              }
            >
              {text('cameras.see')}
            </Button>
          </div>
        ) : answer === undefined ? (
          failure === undefined ? (
            <Skeleton lines={[160]} />
          ) : (
            <ErrorState message={failure.message} onRetry={again} />
          )
        ) : answer.sets.length === 0 ? (
          <EmptyState icon="picture" title={text('cameras.no-evidence')}>
            {text('cameras.no-evidence-text')}
          </EmptyState>
        ) : (
          <ul class="evidence-sets">
            {answer.sets.slice(0, SHOWN_SETS).map((set) => (
              <Pictures key={set.set} set={set} timeZone={page.site.timeZone} />
            ))}
          </ul>
        )}
      </section>
    </div>
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
      <p class="evidence-summary">{set.summary}</p>
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
