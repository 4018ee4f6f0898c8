import { useSignal } from '@preact/signals';
import type { AssetKind, InboxDevice, PartMeaning, SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { say } from '../../kit/toast.tsx';
import { asPerson, assignDevice } from '../session.ts';
import { text } from '../text.ts';
import { type Answers, type Asset, kindsInOrder, nameOf, nextStep, stepBack } from './steps.ts';

const meanings: readonly PartMeaning[] = ['contact', 'motion', 'siren', 'lock', 'tamper', 'exit'];
const titles = {
  asset: 'assign.title',
  part: 'assign.part',
  meaning: 'assign.meaning',
  check: 'assign.check',
} as const;

/** Puts a new device to use: a question at a time, each answered by a tap. */
export function AssignDialog(props: {
  device: InboxDevice;
  assets: SitePage['assets'];
  onClose: () => void;
}) {
  const { device, assets, onClose } = props;
  const answers = useSignal<Answers>({});
  const { asset, part, meaning } = answers.value;
  const step = nextStep(device, answers.value);
  const answer = (more: Answers) => {
    answers.value = { ...answers.value, ...more };
  };
  const save = (to: Asset) => {
    onClose();
    asPerson(
      text('assign.purpose'),
      () =>
        assignDevice(device.device, {
          asset: to.id,
          ...(part === undefined || part === null ? {} : { part }),
          ...(meaning === undefined || meaning === null ? {} : { treatAs: meaning }),
        }),
      () => say(text('assign.done', { device: nameOf(device), asset: to.name }), 'good'),
    );
  };
  return (
    <Dialog title={text(titles[step])} onClose={onClose}>
      <p class="soft assign-device">
        {nameOf(device)}
        {asset === undefined || step === 'check' ? null : <strong> → {asset.name}</strong>}
      </p>
      <div class="assign-choices">
        {step === 'asset' ? (
          <Assets assets={assets} onChoose={(chosen) => answer({ asset: chosen })} />
        ) : null}
        {step === 'part' && asset !== undefined ? (
          <>
            <Choice
              icon="sensor"
              name={text('assign.part-all')}
              detail={text('assign.part-all-text', { asset: asset.name })}
              onClick={() => answer({ part: null })}
            />
            {device.parts.map((each) => (
              <Choice key={each} icon="link" name={each} onClick={() => answer({ part: each })} />
            ))}
          </>
        ) : null}
        {step === 'meaning' ? (
          <>
            <Choice
              icon="check"
              name={text('assign.meaning.as-it-says')}
              onClick={() => answer({ meaning: null })}
            />
            {meanings.map((each) => (
              <Choice
                key={each}
                icon={meaningIcons[each]}
                name={text(`assign.meaning.${each}`)}
                onClick={() => answer({ meaning: each })}
              />
            ))}
          </>
        ) : null}
        {step === 'check' && asset !== undefined ? (
          <div class="assign-check">
            <Icon name={iconOf(asset.kind)} size={40} />
            <p class="assign-sentence">
              {text('assign.is-for', { device: nameOf(device), asset: asset.name })}
            </p>
            {part === undefined || part === null ? null : <p>{text('assign.only-part', { part })}</p>}
            {meaning === undefined || meaning === null ? null : (
              <p>{text('assign.as', { meaning: text(`assign.meaning.${meaning}`) })}</p>
            )}
          </div>
        ) : null}
      </div>
      <footer class="dialog-actions">
        {asset === undefined ? null : (
          <Button
            look="quiet"
            icon="arrow-left"
            onClick={() => {
              answers.value = stepBack(device, answers.value);
            }}
          >
            {text('assign.back')}
          </Button>
        )}
        {step === 'check' && asset !== undefined ? (
          <Button look="primary" icon="check" onClick={() => save(asset)}>
            {text('assign.save')}
          </Button>
        ) : null}
      </footer>
    </Dialog>
  );
}

const meaningIcons: Record<PartMeaning, IconName> = {
  contact: 'door',
  motion: 'motion-sensor',
  siren: 'siren',
  lock: 'lock',
  tamper: 'warning',
  exit: 'sign-out',
};

// Every kind of asset has its icon by the same name.
const iconOf = (kind: AssetKind): IconName => kind;

function Assets({ assets, onChoose }: { assets: SitePage['assets']; onChoose: (asset: Asset) => void }) {
  return kindsInOrder.map((kind) => {
    const ofKind = assets.filter((asset) => asset.kind === kind);
    if (ofKind.length === 0) return null;
    return (
      <section key={kind} class="assign-kind">
        <h3 class="assign-kind-title">{text(`kind.${kind}`)}</h3>
        {ofKind.map((asset) => (
          <Choice key={asset.id} icon={iconOf(kind)} name={asset.name} onClick={() => onChoose(asset)} />
        ))}
      </section>
    );
  });
}

function Choice(props: { icon: IconName; name: string; detail?: string; onClick: () => void }) {
  return (
    <button type="button" class="choice" onClick={props.onClick}>
      <Icon name={props.icon} size={24} />
      <span class="choice-text">
        <span class="choice-name">{props.name}</span>
        {props.detail === undefined ? null : <span class="choice-detail">{props.detail}</span>}
      </span>
    </button>
  );
}
