import { useSignal } from '@preact/signals';
import type { SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { EmptyState } from '../../kit/states.tsx';
import { asPerson, pinWanted, session } from '../session.ts';
import { text } from '../text.ts';
import type { AddCamera } from './add-camera.tsx';
import { CameraCard } from './camera-card.tsx';
import { Evidence } from './evidence.tsx';
import { useCameras } from './follow-cameras.ts';

/** What each camera sees now, and the pictures kept around alarms. Pictures are for people who are signed in. */
export function CamerasPage({ page }: { page: SitePage }) {
  const { timeZone } = page.site;
  const who = session.value?.name;
  const { cameras, failure } = useCameras(who);
  const isShut = who === undefined;
  /** Fetched when it is wanted: cameras are added once in years. */
  const adding = useSignal<typeof AddCamera | undefined>(undefined);
  const add = () =>
    asPerson(
      text('cameras.add'),
      () => import('./add-camera.tsx'),
      (module) => {
        adding.value = module.AddCamera;
      },
    );
  const Adding = adding.value;
  return (
    <div class="sheet">
      <header class="page-head">
        <h1 class="page-title">{text('cameras.title')}</h1>
        <Button icon="plus" onClick={add}>
          {text('cameras.add')}
        </Button>
      </header>
      {Adding === undefined ? null : (
        <Adding
          page={page}
          cameras={cameras}
          onClose={() => {
            adding.value = undefined;
          }}
        />
      )}
      {isShut && page.cameras.length > 0 ? (
        <div class="card quiet">
          <Icon name="lock" size={26} />
          <p>{text('cameras.shut')}</p>
          <Button
            look="primary"
            onClick={() => {
              pinWanted.value = { purpose: text('cameras.see'), run: () => {} };
            }}
          >
            {text('cameras.see')}
          </Button>
        </div>
      ) : null}
      {failure === undefined || isShut ? null : (
        <p class="obstacle" role="status">
          <Icon name="wifi-off" size={18} />
          <span>{failure.message}</span>
        </p>
      )}
      {page.cameras.length === 0 ? (
        <EmptyState icon="camera" title={text('cameras.none')}>
          {text('cameras.none-text')}
        </EmptyState>
      ) : (
        <ul class="cameras">
          {page.cameras.map((camera) => (
            <CameraCard
              key={camera.asset}
              camera={camera}
              status={cameras?.find(({ asset }) => asset === camera.asset)}
              isShut={isShut}
              isLoading={cameras === undefined}
              hasDesk={page.uplink !== undefined}
              commands={page.commands}
              timeZone={timeZone}
            />
          ))}
        </ul>
      )}
      {isShut || page.cameras.length === 0 ? null : (
        <section aria-labelledby="evidence-title">
          <h2 class="section-title" id="evidence-title">
            {text('cameras.evidence')}
          </h2>
          <Evidence of={[who, page.alarms.length]} timeZone={timeZone} />
        </section>
      )}
    </div>
  );
}
