import { useSignal } from '@preact/signals';
import type { CameraPlaces, SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { duration } from '../../kit/time.ts';
import { cameraWords } from '../said.ts';
import { text } from '../text.ts';
import type { CameraPlace } from './camera-adding.ts';
import { ProofPicture } from './proof-picture.tsx';
import type { Proved } from './proved-camera.ts';

/** A clock that is off by less than this is right enough. */
const RIGHT_ENOUGH_SECONDS = 5;

/** What was proved, with the certificate to compare, and which camera of the site it is to be. */
export function PlaceCamera(props: {
  proof: Proved;
  secure: boolean;
  places: CameraPlaces;
  /** Cameras of the registry that have none yet. */
  free: SitePage['assets'];
  busy: boolean;
  onPlace: (place: CameraPlace) => void;
}) {
  const { proof, secure, places, free, busy, onPlace } = props;
  const chosen = useSignal<string | undefined>(free.length === 1 ? free[0]?.id : undefined);
  const isNew = useSignal(free.length === 0);
  return (
    <>
      <Proof proof={proof} secure={secure} />
      {free.length === 0 && !places.isRegistryOpen ? (
        <p class="readiness readiness-not">{text('camera-add.closed', { file: places.registryFile })}</p>
      ) : (
        <fieldset class="choices">
          <legend class="visually-hidden">{text('camera-add.place')}</legend>
          {free.map(({ id, name }) => (
            <label key={id} class="choice">
              <input
                type="radio"
                name="camera-place"
                class="choice-box"
                checked={!isNew.value && chosen.value === id}
                onChange={() => {
                  chosen.value = id;
                  isNew.value = false;
                }}
              />
              <span class="choice-text">
                <span class="choice-name">{name}</span>
              </span>
            </label>
          ))}
          {places.isRegistryOpen ? (
            <label class="choice">
              <input
                type="radio"
                name="camera-place"
                class="choice-box"
                checked={isNew.value}
                onChange={() => {
                  isNew.value = true;
                }}
              />
              <span class="choice-text">
                <span class="choice-name">{text('camera-add.new')}</span>
                <span class="choice-detail">{text('camera-add.new-text')}</span>
              </span>
            </label>
          ) : null}
        </fieldset>
      )}
      {isNew.value && places.isRegistryOpen ? (
        <NewCamera zones={places.zones} busy={busy} onPlace={onPlace} />
      ) : free.length === 0 ? null : (
        <div class="camera-add-actions">
          <Button
            look="primary"
            icon="check"
            busy={busy}
            disabled={chosen.value === undefined}
            onClick={() => chosen.value !== undefined && onPlace({ asset: chosen.value })}
          >
            {text('camera-add.save')}
          </Button>
        </div>
      )}
    </>
  );
}

function Proof({ proof, secure }: { proof: Proved; secure: boolean }) {
  const { manufacturer, model, serial, firmware, picture, certificate, clockOffsetSeconds = 0 } = proof;
  const name = `${manufacturer} ${model}`.trim();
  return (
    <div class="camera-proof">
      <p class="readiness readiness-good">
        <Icon name="check" size={20} /> {text('camera-add.proved')}
      </p>
      {picture === undefined ? (
        <p class="soft">
          {text('camera-add.no-picture', { why: cameraWords(proof.noPictureBecause ?? '') })}
        </p>
      ) : (
        <ProofPicture base64={picture} label={text('camera-add.picture', { name })} />
      )}
      <p>
        <strong>{name}</strong>
        <span class="row-detail">
          {[...(serial === '' ? [] : [text('camera-add.serial', { serial })]), firmware]
            .filter((each) => each !== '')
            .join(' · ')}
        </span>
      </p>
      {certificate === undefined ? null : (
        <div>
          <p class="camera-proof-title">{text('camera-add.fingerprint')}</p>
          <code class="fingerprint">{certificate}</code>
          <p class="soft">{text('camera-add.fingerprint-text')}</p>
        </div>
      )}
      {secure ? null : <Remark>{text('camera-add.plain')}</Remark>}
      {proof.opensToAnybody ? <Remark>{text('camera-add.open')}</Remark> : null}
      {Math.abs(clockOffsetSeconds) < RIGHT_ENOUGH_SECONDS ? null : (
        <Remark>
          {text('camera-add.clock', { duration: duration(Math.abs(clockOffsetSeconds) * 1_000) })}
        </Remark>
      )}
    </div>
  );
}

const Remark = ({ children }: { children: string }) => (
  <p class="obstacle">
    <Icon name="warning" size={18} />
    <span>{children}</span>
  </p>
);

function NewCamera(props: {
  zones: CameraPlaces['zones'];
  busy: boolean;
  onPlace: (place: CameraPlace) => void;
}) {
  const { zones, busy, onPlace } = props;
  const name = useSignal('');
  const zone = useSignal(zones[0]?.id ?? '');
  const isTried = useSignal(false);
  const plain = name.value.trim();
  return (
    <form
      class="camera-add-form"
      noValidate
      onSubmit={(submit) => {
        submit.preventDefault();
        isTried.value = true;
        if (plain !== '')
          onPlace({ newAsset: { name: plain, ...(zone.value === '' ? {} : { zone: zone.value }) } });
      }}
    >
      <TextField
        label={text('camera-add.name')}
        required
        value={name.value}
        error={isTried.value && plain === '' ? text('camera-add.wanted') : undefined}
        onInput={(value) => {
          name.value = value;
        }}
      />
      {zones.length === 0 ? null : (
        <Select
          label={text('camera-add.zone')}
          value={zone.value}
          options={zones.map(({ id, name: label }) => ({ value: id, label }))}
          onChange={(value) => {
            zone.value = value;
          }}
        />
      )}
      <div class="camera-add-actions">
        <Button look="primary" type="submit" icon="check" busy={busy}>
          {text('camera-add.save')}
        </Button>
      </div>
    </form>
  );
}
