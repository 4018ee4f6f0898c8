import { type Signal, useSignal } from '@preact/signals';
import type { Detection, IncidentPage, StoryStep } from '../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip, SeverityChip } from '../../kit/chip.tsx';
import { Icon } from '../../kit/icons.tsx';
import { ExactTime } from '../../kit/relative-time.tsx';
import { loadIncident } from '../live/desk-state.ts';
import { actOnIncident } from '../session.ts';
import { SuppressDialog } from '../suppressions/suppress-dialog.tsx';
import { text } from '../text.ts';
import { WordsDialog } from '../words-dialog.tsx';
import { mayAct, maySuppress } from './actions.ts';
import { assetName } from './asset-name.ts';
import { Evidence } from './evidence.tsx';
import { strengthOf } from './lanes.ts';
import { Thumbnail } from './pictures.tsx';
import { stepElementId } from './step-timeline.tsx';

/** More steps are shown when asked for: thousands of them would make the page slow. */
const MAX_STEPS = 60;

/** What happened, step by step, and why each step belongs. */
export function Story(props: { page: IncidentPage; zone: string; pointed: Signal<string | undefined> }) {
  const { story } = props.page;
  const isWhole = useSignal(false);
  /** Steps to be taken out, while somebody chooses them. */
  const chosen = useSignal<ReadonlySet<string> | undefined>(undefined);
  const isAsking = useSignal(false);
  const suppressed = useSignal<Detection | undefined>(undefined);
  const stop = () => {
    chosen.value = undefined;
    isAsking.value = false;
  };
  const count = chosen.value?.size ?? 0;
  const pointedAt = story.findIndex(({ detection }) => detection.id === props.pointed.value);
  const shown = isWhole.value || pointedAt >= MAX_STEPS ? story : story.slice(0, MAX_STEPS);
  return (
    <Card
      title={text('incident.story')}
      labelledBy="story"
      flush
      aside={
        !mayAct() || story.length < 2 ? undefined : (
          <Button
            size="small"
            look="quiet"
            icon="split"
            expanded={chosen.value !== undefined}
            onClick={() => {
              chosen.value = chosen.value === undefined ? new Set() : undefined;
            }}
          >
            {text('arrange.split')}
          </Button>
        )
      }
    >
      {chosen.value === undefined ? null : (
        <section class="choosing" aria-label={text('arrange.split')}>
          <p role="status">
            {count === 0
              ? text('arrange.choose')
              : count === story.length
                ? text('arrange.not-all')
                : text('arrange.chosen', { count })}
          </p>
          <Button size="small" look="quiet" onClick={stop}>
            {text('arrange.cancel')}
          </Button>
          <Button
            size="small"
            look="primary"
            disabled={count === 0 || count === story.length}
            onClick={() => {
              isAsking.value = true;
            }}
          >
            {text('arrange.take-out')}
          </Button>
        </section>
      )}
      <ol class="story">
        {shown.map((step, index) => (
          <Step
            key={step.detection.id}
            {...props}
            step={step}
            number={index + 1}
            chosen={chosen}
            suppressed={suppressed}
          />
        ))}
      </ol>
      {shown.length === story.length ? null : (
        <p class="story-more">
          <Button
            onClick={() => {
              isWhole.value = true;
            }}
          >
            {text('incident.all-steps', { count: story.length })}
          </Button>
        </p>
      )}
      {isAsking.value ? (
        <WordsDialog
          title={text('arrange.split-title', { count })}
          why={text('arrange.split-why')}
          hint={text('arrange.split-hint')}
          verb={text('arrange.take-out')}
          onSubmit={async (words) => {
            const { id } = props.page.summary;
            await actOnIncident(id, 'split', { detections: [...(chosen.value ?? [])], text: words });
            await loadIncident(id);
            stop();
          }}
          onClose={() => {
            isAsking.value = false;
          }}
        />
      ) : null}
      {suppressed.value === undefined ? null : (
        <SuppressDialog
          detection={suppressed.value}
          page={props.page}
          zone={props.zone}
          onClose={() => {
            suppressed.value = undefined;
          }}
        />
      )}
    </Card>
  );
}

function Step(props: {
  page: IncidentPage;
  step: StoryStep;
  number: number;
  zone: string;
  pointed: Signal<string | undefined>;
  chosen: Signal<ReadonlySet<string> | undefined>;
  suppressed: Signal<Detection | undefined>;
}) {
  const { page, step, number, zone, pointed, chosen, suppressed } = props;
  const { detection } = step;
  const nameOf = (id: string) => assetName(page, id);
  return (
    <li
      id={stepElementId(number)}
      tabIndex={-1}
      class={`step${pointed.value === detection.id ? ' step-shown' : ''}`}
      onPointerEnter={() => {
        pointed.value = detection.id;
      }}
      onPointerLeave={() => {
        pointed.value = undefined;
      }}
    >
      <span class={`step-badge world-${step.world}`} aria-hidden="true">
        {number}
      </span>
      <div class="step-body">
        <p class="step-meta">
          <ExactTime at={detection.at} timeZone={zone} />
          <span class={`step-world ink-${step.world}`}>
            <Icon name={step.world} size={13} />
            {text(`world.${step.world}`)}
          </span>
          <span class="faint truncate">{detection.rule}</span>
          {detection.tactic === undefined ? null : <span class="faint">{detection.tactic}</span>}
          {chosen.value !== undefined ? (
            <label class="step-choice">
              <input
                type="checkbox"
                checked={chosen.value.has(detection.id)}
                onChange={(change) => {
                  const next = new Set(chosen.value);
                  if (change.currentTarget.checked) next.add(detection.id);
                  else next.delete(detection.id);
                  chosen.value = next;
                }}
              />
              {text('arrange.choose-step', { number })}
            </label>
          ) : maySuppress() ? (
            <span class="step-tool">
              <IconButton
                icon="false-alarm"
                label={text('suppress.step', { rule: detection.rule, number })}
                onClick={() => {
                  suppressed.value = detection;
                }}
              />
            </span>
          ) : null}
        </p>
        <p class="step-summary">
          {detection.summary}
          {detection.count > 1 ? (
            <span class="faint"> {text('incident.count', { count: detection.count })}</span>
          ) : null}
        </p>
        <p class="step-about">
          <SeverityChip severity={detection.severity} />
          {step.assets.map(({ id, name, kind }) => (
            <Chip key={id} icon={kind} title={text(`kind.${kind}`)}>
              {name}
            </Chip>
          ))}
          {step.people.map(({ id, name }) => (
            <Chip key={id} icon="person">
              {name}
            </Chip>
          ))}
        </p>
        <Belongs page={page} step={step} number={number} pointed={pointed} />
        {step.pictures.length === 0 ? null : (
          <div class="thumbnails">
            {step.pictures.map((picture) => (
              <Thumbnail key={picture.id} picture={picture} name={nameOf(picture.asset)} zone={zone} />
            ))}
          </div>
        )}
        <Evidence step={step} nameOf={nameOf} zone={zone} />
      </div>
    </li>
  );
}

function Belongs(props: {
  page: IncidentPage;
  step: StoryStep;
  number: number;
  pointed: Signal<string | undefined>;
}) {
  const { belongs } = props.step;
  if (belongs === undefined) {
    return props.number === 1 ? <p class="belongs faint">{text('incident.first')}</p> : null;
  }
  const to = props.page.story.findIndex(({ detection }) => detection.id === belongs.to) + 1;
  const strength = strengthOf(belongs.weight);
  return (
    <div class={`belongs belongs-${strength}`}>
      <p class="belongs-head">
        <Icon name="link" size={14} />
        {to === 0 ? null : <span>{text('incident.belongs', { number: to })}</span>}
        <StrengthWord weight={belongs.weight} />
      </p>
      <ul>
        {belongs.because.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </div>
  );
}

/** How strong a link is, in a word and as bars. */
export function StrengthWord({ weight }: { weight: number }) {
  const strength = strengthOf(weight);
  const bars = { weak: 1, likely: 2, strong: 3 }[strength];
  return (
    <span class="strength" title={`${Math.round(weight * 100)} %`}>
      <svg width="14" height="12" viewBox="0 0 14 12" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <rect
            key={bar}
            x={bar * 5}
            y={8 - bar * 4}
            width="3"
            height={4 + bar * 4}
            rx="1"
            class={bar < bars ? 'strength-on' : 'strength-off'}
          />
        ))}
      </svg>
      {text(`incident.${strength}`)}
    </span>
  );
}
