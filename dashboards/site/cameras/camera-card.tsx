import { useSignal } from '@preact/signals';
import type { CameraPreset, CameraStatus, SiteCommand, SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { timeOrDay } from '../../kit/time.ts';
import { requestCommand, turnCamera } from '../commands/command-actions.ts';
import { CommandState } from '../commands/command-state.tsx';
import { api, asPerson } from '../session.ts';
import { text } from '../text.ts';
import { LivePicture } from './live-picture.tsx';

const isPresets = (value: unknown): value is CameraPreset[] => Array.isArray(value);

/**
 * A camera: what it sees now, how it is, where it can look.
 * @param isShut nobody is signed in: no picture, because it shows people
 */
export function CameraCard(props: {
  camera: SitePage['cameras'][number];
  status: CameraStatus | undefined;
  isShut: boolean;
  /** Nothing is known yet of any camera. */
  isLoading: boolean;
  hasDesk: boolean;
  commands: readonly SiteCommand[] | undefined;
  timeZone: string;
}) {
  const { camera, status, isShut, isLoading, hasDesk, commands, timeZone } = props;
  const { asset, name, picture, online } = camera;
  const isBad = !online || picture === 'obscured';
  const failed = status?.roles.filter(({ works }) => !works) ?? [];
  return (
    <li class={`card camera${isBad ? ' camera-bad' : ''}`}>
      {isShut || isLoading ? (
        <div class="live live-none">
          <Icon name={isShut ? 'lock' : 'camera'} size={34} />
        </div>
      ) : (
        <LivePicture asset={asset} name={name} status={status} timeZone={timeZone} />
      )}
      <div class="camera-text">
        <h2 class="tile-name">{name}</h2>
        <p class="tile-value">
          {!online
            ? text('camera.offline')
            : status?.reason === undefined
              ? text(`camera.picture.${picture}`)
              : text(`camera.reason.${status.reason}`)}
        </p>
        <p class="tile-detail">
          {[
            ...(status?.model === undefined ? [] : [status.model]),
            ...(status?.lastPictureAt === undefined
              ? []
              : [text('cameras.last', { time: timeOrDay(status.lastPictureAt, now.value, timeZone) })]),
            ...failed.map(({ role }) => text(`cameras.role.${role}`)),
          ].join(' · ')}
        </p>
        {isShut || status === undefined ? null : <Controls status={status} hasDesk={hasDesk} />}
        <CommandState asset={asset} commands={commands} timeZone={timeZone} />
      </div>
    </li>
  );
}

function Controls({ status, hasDesk }: { status: CameraStatus; hasDesk: boolean }) {
  const { asset, name, canTurn, hasPictures } = status;
  const presets = useSignal<CameraPreset[] | undefined>(undefined);
  const isAsking = useSignal(false);
  const why = useSignal<string | undefined>(undefined);
  const look = () => {
    if (presets.value !== undefined) {
      presets.value = undefined;
      return;
    }
    isAsking.value = true;
    why.value = undefined;
    asPerson(
      `${text('command.camera.go-to-preset')}: ${name}`,
      () =>
        api.get(`api/cameras/${encodeURIComponent(asset)}/presets`, isPresets).finally(() => {
          isAsking.value = false;
        }),
      (found) => {
        presets.value = found;
      },
      (error) => {
        why.value = error.message;
      },
    );
  };
  return (
    <div class="controls">
      <div class="controls-buttons">
        {canTurn === false ? null : (
          <Button
            size="small"
            icon="eye"
            busy={isAsking.value}
            expanded={presets.value !== undefined}
            onClick={look}
          >
            {text('cameras.presets')}
          </Button>
        )}
        {hasPictures === false || !hasDesk ? null : (
          <Button size="small" icon="picture" onClick={() => requestCommand('picture.take', asset, name)}>
            {text('command.picture.take')}
          </Button>
        )}
      </div>
      {why.value === undefined ? null : (
        <p class="obstacle" role="status">
          <Icon name="warning" size={18} />
          <span>{text('cameras.no-presets', { why: why.value })}</span>
        </p>
      )}
      {presets.value === undefined ? null : presets.value.length === 0 ? (
        <p class="soft" role="status">
          {text('cameras.presets-none')}
        </p>
      ) : (
        <fieldset class="controls-buttons presets">
          <legend class="visually-hidden">{text('cameras.presets')}</legend>
          {presets.value.map(({ token, name: preset }) => (
            <Button key={token} size="small" onClick={() => turnCamera(asset, name, token)}>
              {preset === '' ? token : preset}
            </Button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
