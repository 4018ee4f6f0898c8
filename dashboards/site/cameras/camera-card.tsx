import { useSignal } from '@preact/signals';
import type { CameraPreset, CameraStatus, SiteCommand, SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Icon } from '../../kit/icons.tsx';
import { timeOrDay } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { requestCommand, turnCamera } from '../commands/command-actions.ts';
import { CommandState } from '../commands/command-state.tsx';
import { api, asPerson } from '../session.ts';
import { text } from '../text.ts';
import { acceptCertificate, removeCamera } from './camera-adding.ts';
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
        {isShut || status === undefined ? null : <OtherCertificate status={status} />}
        {isShut || status === undefined ? null : <Controls status={status} hasDesk={hasDesk} />}
        <CommandState asset={asset} commands={commands} timeZone={timeZone} />
      </div>
    </li>
  );
}

/** It shows a certificate that nobody has accepted: nothing goes to it before somebody does. */
function OtherCertificate({ status }: { status: CameraStatus }) {
  const { asset, name, otherCertificate } = status;
  if (otherCertificate === undefined) return null;
  return (
    <div class="camera-certificate">
      <p class="obstacle" role="status">
        <Icon name="warning" size={18} />
        <span>{text('cameras.other-certificate')}</span>
      </p>
      <p class="camera-proof-title">{text('camera-add.fingerprint')}</p>
      <code class="fingerprint">{otherCertificate}</code>
      <Button
        size="small"
        onClick={() =>
          asPerson(
            text('cameras.accept'),
            () => acceptCertificate(asset, otherCertificate),
            () => say(text('cameras.accepted', { name }), 'good'),
          )
        }
      >
        {text('cameras.accept')}
      </Button>
    </div>
  );
}

/** Says what it means before a camera is taken out of use. */
function RemoveCamera({ status, onClose }: { status: CameraStatus; onClose: () => void }) {
  const { asset, name } = status;
  return (
    <Dialog title={text('cameras.remove-title', { name })} onClose={onClose}>
      <p>{text('cameras.remove-text')}</p>
      <DialogActions onCancel={onClose}>
        <Button
          look="danger"
          onClick={() => {
            onClose();
            asPerson(
              text('cameras.remove-title', { name }),
              () => removeCamera(asset),
              () => say(text('cameras.removed', { name }), 'good'),
            );
          }}
        >
          {text('cameras.remove')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Controls({ status, hasDesk }: { status: CameraStatus; hasDesk: boolean }) {
  const { asset, name, canTurn, hasPictures, addedAt } = status;
  const isLeaving = useSignal(false);
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
        {addedAt === undefined ? null : (
          <Button
            size="small"
            look="quiet"
            label={text('cameras.remove-title', { name })}
            onClick={() => {
              isLeaving.value = true;
            }}
          >
            {text('cameras.remove')}
          </Button>
        )}
        {isLeaving.value ? (
          <RemoveCamera
            status={status}
            onClose={() => {
              isLeaving.value = false;
            }}
          />
        ) : null}
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
