import { useSignal } from '@preact/signals';
import type { LessonsPage, MeasureRow } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { TextArea, TextField } from '../../kit/field.tsx';
import { fullTime } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { done } from '../done.ts';
import { finishMeasure, mayRun, saveLessons } from './requests.ts';
import { words } from './words.ts';

const DAY_MS = 24 * 3_600_000;

interface Draft {
  id: string;
  text: string;
  owner: string;
  days: string;
}

/** What was learned, and what is done about it: read, written, ticked off. */
export function LessonsCard(props: {
  kind: LessonsPage['of']['kind'];
  id: string;
  lessons: LessonsPage | undefined;
  timeZone: string;
  onChanged: () => void;
}) {
  const { lessons, kind, id } = props;
  const isWriting = useSignal(false);
  return (
    <Card
      title={words('lessons')}
      labelledBy={`lessons-${kind}`}
      aside={
        mayRun() && !isWriting.value ? (
          <Button
            size="small"
            look={lessons === undefined ? 'primary' : 'plain'}
            onClick={() => {
              isWriting.value = true;
            }}
          >
            {lessons === undefined ? words('lessons.write') : words('lessons.change')}
          </Button>
        ) : undefined
      }
    >
      {isWriting.value ? (
        <LessonsForm
          lessons={lessons}
          onSave={async (said) => {
            if (await done(saveLessons(kind, id, said))) {
              isWriting.value = false;
              say(words('saved'));
              props.onChanged();
            }
          }}
          onCancel={() => {
            isWriting.value = false;
          }}
        />
      ) : lessons === undefined ? (
        <p class="soft">{words('lessons.none')}</p>
      ) : (
        <>
          <LessonsText lessons={lessons} />
          <Measures
            items={lessons.measures.map((one) => ({ ...one, lessons: lessons.id }))}
            timeZone={props.timeZone}
            onChanged={props.onChanged}
          />
        </>
      )}
    </Card>
  );
}

export const LessonsText = ({ lessons }: { lessons: LessonsPage }) => (
  <dl class="lessons-text">
    {lessons.well === '' ? null : (
      <div>
        <dt>{words('lessons.well')}</dt>
        <dd>{lessons.well}</dd>
      </div>
    )}
    {lessons.badly === '' ? null : (
      <div>
        <dt>{words('lessons.badly')}</dt>
        <dd>{lessons.badly}</dd>
      </div>
    )}
  </dl>
);

export function Measures(props: {
  items: (MeasureRow & { lessons: string; title?: string })[];
  timeZone: string;
  onChanged: () => void;
}) {
  if (props.items.length === 0) return null;
  return (
    <ul class="measures">
      {props.items.map((one) => {
        const isOverdue = one.done === undefined && one.dueAt < now.value;
        return (
          <li key={`${one.lessons} ${one.id}`} class="measure">
            <span class="measure-main">
              <span class={one.done === undefined ? '' : 'measure-done'}>{one.text}</span>
              <span class="soft small">
                {words('measure.by', { owner: one.owner, time: fullTime(one.dueAt, props.timeZone) })}
                {one.title === undefined ? '' : ` · ${one.title}`}
              </span>
            </span>
            {one.done !== undefined ? (
              <Chip tone="good" icon="check">
                {words('measure.done', { by: one.done.by })}
              </Chip>
            ) : (
              <>
                {isOverdue ? (
                  <Chip tone="critical" icon="warning">
                    {words('measure.overdue')}
                  </Chip>
                ) : null}
                {mayRun() ? (
                  <Button
                    size="small"
                    label={words('measure.finish-of', { measure: one.text })}
                    onClick={async () => {
                      if (await done(finishMeasure(one.lessons, one.id, ''))) props.onChanged();
                    }}
                  >
                    {words('measure.finish')}
                  </Button>
                ) : null}
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function LessonsForm(props: {
  lessons: LessonsPage | undefined;
  onSave: (said: { well: string; badly: string; measures: object[] }) => Promise<void>;
  onCancel: () => void;
}) {
  const well = useSignal(props.lessons?.well ?? '');
  const badly = useSignal(props.lessons?.badly ?? '');
  const known = new Map(props.lessons?.measures.map((one) => [one.id, one]));
  const measures = useSignal<Draft[]>(
    (props.lessons?.measures ?? []).map(({ id, text, owner, dueAt }) => ({
      id,
      text,
      owner,
      days: String(Math.max(0, Math.ceil((dueAt - now.value) / DAY_MS))),
    })),
  );
  const isWrong = useSignal(false);
  const change = (index: number, by: Partial<Draft>) => {
    measures.value = measures.value.map((one, at) => (at === index ? { ...one, ...by } : one));
  };
  const save = (submit: Event) => {
    submit.preventDefault();
    isWrong.value =
      well.value.trim() + badly.value.trim() === '' ||
      measures.value.some(
        ({ text, owner, days }) => text.trim().length < 3 || owner.trim() === '' || !/^\d{1,4}$/.test(days),
      );
    if (isWrong.value) return;
    void props.onSave({
      well: well.value,
      badly: badly.value,
      measures: measures.value.map(({ id, text, owner, days }) => {
        const before = known.get(id);
        const isAsBefore =
          before !== undefined &&
          String(Math.max(0, Math.ceil((before.dueAt - now.value) / DAY_MS))) === days;
        return {
          id,
          text: text.trim(),
          owner: owner.trim(),
          dueAt: isAsBefore ? before.dueAt : Math.round(now.value) + Number(days) * DAY_MS,
        };
      }),
    });
  };
  return (
    <form class="continuity-form" onSubmit={save}>
      <TextArea
        label={words('lessons.well')}
        value={well.value}
        rows={3}
        maxLength={4_000}
        onInput={(value) => {
          well.value = value;
        }}
      />
      <TextArea
        label={words('lessons.badly')}
        value={badly.value}
        rows={3}
        maxLength={4_000}
        error={isWrong.value ? words('lessons.wrong') : undefined}
        onInput={(value) => {
          badly.value = value;
        }}
      />
      {measures.value.map((one, index) => (
        <fieldset key={one.id} class="continuity-entry">
          <legend>{words('measure.number', { number: index + 1 })}</legend>
          <TextField
            label={words('measure.what')}
            value={one.text}
            onInput={(text) => change(index, { text })}
          />
          <div class="continuity-pair">
            <TextField
              label={words('measure.owner')}
              value={one.owner}
              onInput={(owner) => change(index, { owner })}
            />
            <TextField
              label={words('measure.days')}
              inputMode="numeric"
              value={one.days}
              onInput={(days) => change(index, { days })}
            />
          </div>
        </fieldset>
      ))}
      <div class="continuity-buttons">
        <Button
          size="small"
          icon="plus"
          onClick={() => {
            const id = `m-${Date.now().toString(36)}-${measures.value.length}`;
            measures.value = [...measures.value, { id, text: '', owner: '', days: '30' }];
          }}
        >
          {words('measure.add')}
        </Button>
      </div>
      <div class="continuity-buttons">
        <Button look="primary" type="submit">
          {words('save')}
        </Button>
        <Button look="quiet" onClick={props.onCancel}>
          {words('cancel')}
        </Button>
      </div>
    </form>
  );
}
