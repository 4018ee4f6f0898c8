import { useSignal } from '@preact/signals';
import type { CameraPlaces, DiscoveredCameras } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { cameraWords } from '../said.ts';
import { text } from '../text.ts';

/** A camera that somebody has chosen, as far as it is known by then. */
export interface Chosen {
  host: string;
  port?: number;
  secure: boolean;
  name?: string;
}

/** In which networks to look. All that lead outside are chosen at first: who installs rarely knows which one it is. */
export function ChooseCamera(props: {
  interfaces: CameraPlaces['interfaces'];
  busy: boolean;
  onLook: (interfaces: readonly string[]) => void;
  onByHand: () => void;
}) {
  const { interfaces, busy, onLook, onByHand } = props;
  const left = useSignal<ReadonlySet<string>>(
    new Set(interfaces.filter(({ isInternal }) => isInternal).map(({ name }) => name)),
  );
  const chosen = interfaces.map(({ name }) => name).filter((name) => !left.value.has(name));
  return (
    <>
      <p class="soft">{text('camera-add.where-text')}</p>
      <ul class="choices">
        {interfaces.map(({ name, addresses }) => (
          <li key={name}>
            <label class="choice">
              <input
                type="checkbox"
                class="choice-box"
                checked={!left.value.has(name)}
                onChange={() => {
                  const next = new Set(left.value);
                  if (!next.delete(name)) next.add(name);
                  left.value = next;
                }}
              />
              <span class="choice-text">
                <span class="choice-name">{name}</span>
                <span class="choice-detail">{addresses.join(', ')}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      <div class="camera-add-actions">
        <Button
          look="primary"
          icon="search"
          busy={busy}
          disabled={chosen.length === 0}
          onClick={() => onLook(chosen)}
        >
          {text('camera-add.look')}
        </Button>
        <Button look="quiet" onClick={onByHand}>
          {text('camera-add.by-hand')}
        </Button>
      </div>
    </>
  );
}

/** What answered. A camera that is in use can't be chosen a second time. */
export function FoundCameras(props: {
  found: DiscoveredCameras;
  nameOf: (asset: string) => string;
  onChoose: (chosen: Chosen) => void;
  onAgain: () => void;
  onByHand: () => void;
}) {
  const { found, nameOf, onChoose, onAgain, onByHand } = props;
  return (
    <>
      {found.cameras.length === 0 ? <p>{text('camera-add.nothing')}</p> : null}
      <ul class="choices">
        {found.cameras.map(({ endpoint, host, port, secure, name, hardware, mac, knownAs }) => (
          <li key={endpoint}>
            <button
              type="button"
              class="choice"
              disabled={knownAs !== undefined}
              onClick={() => onChoose({ host, port, secure, ...(name === undefined ? {} : { name }) })}
            >
              <Icon name="camera" size={26} />
              <span class="choice-text">
                <span class="choice-name">{name ?? hardware ?? host}</span>
                <span class="choice-detail">
                  {[...new Set([hardware, `${host}:${port}`, mac])].filter(Boolean).join(' · ')}
                </span>
              </span>
              {knownAs === undefined ? (
                <Icon name="chevron-right" size={20} />
              ) : (
                <span class="choice-mark">{text('camera-add.known', { name: nameOf(knownAs) })}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
      {found.problems.map((each) => (
        <p key={each.interface} class="soft">
          {text('camera-add.not-asked', { interface: each.interface, why: cameraWords(each.why) })}
        </p>
      ))}
      <div class="camera-add-actions">
        <Button onClick={onAgain}>{text('camera-add.again')}</Button>
        <Button look="quiet" onClick={onByHand}>
          {text('camera-add.by-hand')}
        </Button>
      </div>
    </>
  );
}
