import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { AssetKind, InboxDevice, PartMeaning, SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { say } from '../../kit/toast.tsx';
import { valueWords } from '../said.ts';
import { asPerson, assignDevice } from '../session.ts';
import { text } from '../text.ts';
import { type Answers, type Asset, kindsFor, nameOf, nextStep, ownParts, stepBack } from './steps.ts';
import { stirred } from './trial.ts';
import { TryOut } from './try-out.tsx';

const meanings: readonly PartMeaning[] = ['contact', 'motion', 'siren', 'lock', 'tamper', 'exit'];
const titles = {
  kind: 'assign.title',
  asset: 'assign.which',
  part: 'assign.part',
  meaning: 'assign.meaning',
  try: 'assign.try',
} as const;

/** Puts a new device to use: a question at a time, each answered by a tap, and tried out before it counts. */
export function AssignDialog(props: {
  device: InboxDevice;
  assets: SitePage['assets'];
  onClose: () => void;
}) {
  const { device, assets, onClose } = props;
  const answers = useSignal<Answers>({});
  /** What it had said when it was chosen: parts that say something else since then are marked. */
  const first = useRef(device);
  const { kind, asset, part, meaning } = answers.value;
  const step = nextStep(device, answers.value);
  const answer = (more: Answers) => {
    answers.value = { ...answers.value, ...more };
  };
  const save = (to: Asset, invert: boolean) => {
    onClose();
    asPerson(
      text('assign.purpose'),
      () =>
        assignDevice(device.device, {
          asset: to.id,
          ...(part === undefined || part === null ? {} : { part }),
          ...(meaning === undefined || meaning === null ? {} : { treatAs: meaning }),
          ...(invert ? { invert } : {}),
        }),
      () => say(text('assign.done', { device: nameOf(device), asset: to.name }), 'good'),
    );
  };
  const kinds = kindsFor(device, assets);
  const stirring = stirred(first.current, device);
  return (
    <Dialog title={text(titles[step])} onClose={onClose}>
      <p class="soft assign-device">
        {nameOf(device)}
        {asset === undefined ? null : <strong> → {asset.name}</strong>}
        {meaning === undefined || meaning === null ? null : `, ${text(`assign.meaning.${meaning}`)}`}
      </p>
      <div class="assign-choices" key={step}>
        {step === 'kind' ? (
          <>
            {kinds.likely.map((each) => (
              <KindChoice key={each} kind={each} likely onChoose={() => answer({ kind: each })} />
            ))}
            {kinds.likely.length === 0 || kinds.others.length === 0 ? null : (
              <p class="assign-kind-title">{text('assign.others')}</p>
            )}
            {kinds.others.map((each) => (
              <KindChoice key={each} kind={each} onChoose={() => answer({ kind: each })} />
            ))}
            {assets.length === 0 ? <p class="soft">{text('assign.no-assets')}</p> : null}
          </>
        ) : null}
        {step === 'asset'
          ? assets
              .filter((each) => each.kind === kind)
              .map((each) => (
                <Choice
                  key={each.id}
                  icon={iconOf(each.kind)}
                  name={each.name}
                  onClick={() => answer({ asset: each })}
                />
              ))
          : null}
        {step === 'part' && asset !== undefined ? (
          <>
            <p class="soft">{text('assign.part-hint')}</p>
            {ownParts(device).map((each) => (
              <Choice
                key={each}
                icon="link"
                name={each}
                detail={saidBy(device, each)}
                mark={stirring.has(each) ? text('assign.stirred') : undefined}
                onClick={() => answer({ part: each })}
              />
            ))}
            <Choice
              icon="sensor"
              name={text('assign.part-all')}
              detail={text('assign.part-all-text', { asset: asset.name })}
              onClick={() => answer({ part: null })}
            />
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
        {step === 'try' && asset !== undefined ? (
          <TryOut
            device={device}
            answers={answers.value}
            onReady={(isInverted) => save(asset, isInverted)}
            onSkip={() => save(asset, false)}
          />
        ) : null}
      </div>
      {kind === undefined ? null : (
        <footer class="dialog-actions assign-foot">
          <Button
            look="quiet"
            icon="arrow-left"
            onClick={() => {
              answers.value = stepBack(device, answers.value);
            }}
          >
            {text('assign.back')}
          </Button>
        </footer>
      )}
    </Dialog>
  );
}

/** The last that a part has said. */
function saidBy({ heard }: InboxDevice, part: string): string | undefined {
  const value = heard.find((entry) => entry.part === part)?.value;
  return value === undefined ? undefined : valueWords(value);
}

function KindChoice(props: { kind: AssetKind; likely?: boolean; onChoose: () => void }) {
  const { kind, likely = false } = props;
  return (
    <Choice
      icon={iconOf(kind)}
      name={text(`kind.${kind}`)}
      mark={likely ? text('assign.likely') : undefined}
      onClick={props.onChoose}
    />
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

function Choice(props: {
  icon: IconName;
  name: string;
  detail?: string | undefined;
  mark?: string | undefined;
  onClick: () => void;
}) {
  return (
    <button type="button" class="choice" onClick={props.onClick}>
      <Icon name={props.icon} size={24} />
      <span class="choice-text">
        <span class="choice-name">{props.name}</span>
        {props.detail === undefined ? null : <span class="choice-detail">{props.detail}</span>}
      </span>
      {props.mark === undefined ? null : <span class="choice-mark">{props.mark}</span>}
    </button>
  );
}
