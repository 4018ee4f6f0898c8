import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CameraPlaces, CameraStatus, DiscoveredCameras, SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Icon } from '../../kit/icons.tsx';
import { Skeleton } from '../../kit/states.tsx';
import { say } from '../../kit/toast.tsx';
import { asPerson } from '../session.ts';
import { text } from '../text.ts';
import { ChooseCamera, type Chosen, FoundCameras } from './add-camera-find.tsx';
import { PlaceCamera } from './add-camera-place.tsx';
import { SignInAtCamera } from './add-camera-sign-in.tsx';
import {
  addCamera,
  type CameraAccess,
  type CameraPlace,
  cameraPlaces,
  findCameras,
} from './camera-adding.ts';
import type { Proved } from './proved-camera.ts';

type Stage =
  | { is: 'where' }
  | { is: 'found'; found: DiscoveredCameras }
  | { is: 'sign-in'; chosen: Chosen }
  | { is: 'place'; chosen: Chosen; access: CameraAccess; proof: Proved };

const titles = {
  where: 'camera-add.where',
  found: 'camera-add.found',
  'sign-in': 'camera-add.sign-in',
  place: 'camera-add.place',
} as const;

/** Adds a camera: where to look, which one, how to sign in (proved there), and which camera of the site it is. */
export function AddCamera(props: {
  page: SitePage;
  cameras: readonly CameraStatus[] | undefined;
  onClose: () => void;
}) {
  const { page, cameras = [], onClose } = props;
  const places = useSignal<CameraPlaces | undefined>(undefined);
  const stage = useSignal<Stage>({ is: 'where' });
  const busy = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  /** What was found stays, for whoever goes back. */
  const found = useSignal<DiscoveredCameras | undefined>(undefined);
  const go = (next: Stage) => {
    problem.value = undefined;
    stage.value = next;
  };
  const work = <Answer,>(asked: () => Promise<Answer>, done: (answer: Answer) => void) => {
    busy.value = true;
    problem.value = undefined;
    asPerson(
      text('cameras.add'),
      () =>
        asked().finally(() => {
          busy.value = false;
        }),
      done,
      ({ message }) => {
        problem.value = message;
      },
    );
  };
  useEffect(() => {
    work(cameraPlaces, (answer) => {
      places.value = answer;
    });
  }, []);
  const look = (interfaces: readonly string[]) =>
    work(
      () => findCameras(interfaces),
      (answer) => {
        found.value = answer;
        go({ is: 'found', found: answer });
      },
    );
  const add = (access: CameraAccess, place: CameraPlace, certificate: string | undefined) =>
    work(
      () => addCamera(access, place, certificate),
      ({ name }) => {
        say(text('camera-add.done', { name }), 'good');
        onClose();
      },
    );
  const back = () => {
    const now = stage.value;
    if (now.is === 'place') go({ is: 'sign-in', chosen: now.chosen });
    else if (now.is === 'sign-in' && found.value !== undefined) go({ is: 'found', found: found.value });
    else go({ is: 'where' });
  };
  const now = stage.value;
  return (
    <Dialog title={text(titles[now.is])} onClose={onClose}>
      <div class="camera-add" key={now.is} aria-busy={busy.value}>
        {places.value === undefined ? (
          <Skeleton lines={[120]} />
        ) : now.is === 'where' ? (
          <ChooseCamera
            interfaces={places.value.interfaces}
            busy={busy.value}
            onLook={look}
            onByHand={() => go({ is: 'sign-in', chosen: { host: '', secure: true } })}
          />
        ) : now.is === 'found' ? (
          <FoundCameras
            found={now.found}
            nameOf={(asset) => page.assets.find(({ id }) => id === asset)?.name ?? asset}
            onChoose={(chosen) => go({ is: 'sign-in', chosen })}
            onAgain={() => go({ is: 'where' })}
            onByHand={() => go({ is: 'sign-in', chosen: { host: '', secure: true } })}
          />
        ) : now.is === 'sign-in' ? (
          <SignInAtCamera
            chosen={now.chosen}
            busy={busy.value}
            work={work}
            onProblem={(words) => {
              problem.value = words;
            }}
            onProved={(access, proof) => go({ is: 'place', chosen: now.chosen, access, proof })}
          />
        ) : (
          <PlaceCamera
            proof={now.proof}
            secure={now.access.secure}
            places={places.value}
            free={page.assets.filter(
              ({ id, kind }) => kind === 'camera' && !cameras.some(({ asset }) => asset === id),
            )}
            busy={busy.value}
            onPlace={(place) => add(now.access, place, now.proof.certificate)}
          />
        )}
        <p class="form-error" role="alert">
          {problem.value === undefined ? null : <Icon name="warning" size={18} />}
          {problem.value}
        </p>
        <p class="visually-hidden" role="status">
          {busy.value ? text('camera-add.busy') : ''}
        </p>
      </div>
      {now.is === 'where' ? null : (
        <footer class="dialog-actions assign-foot">
          <Button look="quiet" icon="arrow-left" onClick={back}>
            {text('camera-add.back')}
          </Button>
        </footer>
      )}
    </Dialog>
  );
}
