/** What is made by itself, and what was kept of it. */
import { type Signal, useSignal } from '@preact/signals';
import type { ReportKind, ReportList } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { EmptyState } from '../../kit/states.tsx';
import { say } from '../../kit/toast.tsx';
import { type Loaded, reasonOf } from '../loaded.ts';
import { session } from '../session.ts';
import { addSchedule, endSchedule, keptAddress } from './requests.ts';
import { words } from './words.ts';

const mayArrange = (): boolean =>
  session.value?.role === 'supervisor' || session.value?.role === 'administrator';

export function Scheduled({ list, held }: { list: ReportList; held: Signal<Loaded<ReportList>> }) {
  const isAdding = useSignal(false);
  const end = async (id: string) => {
    try {
      held.value = { state: 'there', value: await endSchedule(id) };
      say(words('schedule.ended'));
    } catch (error) {
      say(reasonOf(error).message, 'critical');
    }
  };
  return (
    <>
      <Card
        title={words('schedule.title')}
        flush
        aside={
          mayArrange() ? (
            <Button
              size="small"
              icon="plus"
              onClick={() => {
                isAdding.value = true;
              }}
            >
              {words('schedule.add')}
            </Button>
          ) : undefined
        }
      >
        {list.schedules.length === 0 ? (
          <EmptyState icon="clock" title={words('schedule.none')}>
            {words('schedule.none-text')}
          </EmptyState>
        ) : (
          <ul class="report-rows">
            {list.schedules.map((one) => {
              const name = `${words(`kind.${one.kind}`)}, ${words(`every.${one.every}`)}`;
              return (
                <li key={one.id} class="report-row">
                  <Icon name="clock" size={18} />
                  <div class="report-row-main">
                    <strong>{name}</strong>
                    <span class="faint">
                      {one.sites.length === 0 ? words('site.all') : one.sites.join(', ')} · {one.timeZone} ·{' '}
                      {words('schedule.next')} <RelativeTime at={one.nextAt} timeZone={one.timeZone} />
                    </span>
                    {one.problem === undefined ? null : <Chip tone="high">{one.problem}</Chip>}
                  </div>
                  {mayArrange() ? (
                    <Button
                      size="small"
                      label={words('schedule.end-of', { name })}
                      onClick={() => void end(one.id)}
                    >
                      {words('schedule.end')}
                    </Button>
                  ) : null}
                </li>
              );
            })}
          </ul>
        )}
      </Card>
      <Card title={words('kept.title')} flush>
        {list.kept.length === 0 ? (
          <EmptyState icon="note" title={words('kept.none')}>
            {words('kept.none-text')}
          </EmptyState>
        ) : (
          <ul class="report-rows">
            {list.kept.map(({ id, title, period, madeAt, mailed, sha256 }) => (
              <li key={id} class="report-row">
                <Icon name="note" size={18} />
                <div class="report-row-main">
                  <strong>{words('kept.of', { title, period: period.name })}</strong>
                  <span class="faint">
                    <RelativeTime at={madeAt} timeZone={period.timeZone} /> ·{' '}
                    <code>{sha256.slice(0, 12)}</code>
                  </span>
                  {mailed === undefined ? null : (
                    <Chip tone={mailed.problem === undefined ? 'good' : 'high'} icon="mail">
                      {mailed.problem === undefined ? words('mailed') : words('mail-failed')}
                    </Chip>
                  )}
                </div>
                <div class="report-files">
                  {(['pdf', 'csv'] as const).map((format) => (
                    <a
                      key={format}
                      class="button button-plain button-small"
                      href={keptAddress(id, format)}
                      download=""
                      aria-label={`${words(format)}: ${words('kept.of', { title, period: period.name })}`}
                    >
                      {words(format)}
                    </a>
                  ))}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {isAdding.value ? (
        <ScheduleDialog
          list={list}
          onSaved={(value) => {
            held.value = { state: 'there', value };
            say(words('schedule.saved'));
          }}
          onClose={() => {
            isAdding.value = false;
          }}
        />
      ) : null}
    </>
  );
}

const everies = ['day', 'week', 'month'] as const;

function ScheduleDialog(props: {
  list: ReportList;
  onSaved: (list: ReportList) => void;
  onClose: () => void;
}) {
  const { list } = props;
  const kind = useSignal<ReportKind>('cold-chain');
  const every = useSignal<(typeof everies)[number]>('day');
  const site = useSignal('');
  const time = useSignal('06:00');
  const mail = useSignal('');
  const failure = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const wall = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time.value.trim());
  const save = async () => {
    if (wall === null) return;
    busy.value = true;
    failure.value = undefined;
    try {
      const answer = await addSchedule({
        kind: kind.value,
        every: every.value,
        timeZone:
          list.sites.find(({ id }) => id === site.value)?.timeZone ?? list.sites[0]?.timeZone ?? 'UTC',
        atMinutes: Number(wall[1]) * 60 + Number(wall[2]),
        sites: site.value === '' ? [] : [site.value],
        mailTo: mail.value
          .split(/[,;\s]+/)
          .map((one) => one.trim())
          .filter((one) => one !== ''),
      });
      props.onSaved(answer);
      props.onClose();
    } catch (error) {
      failure.value = reasonOf(error).message;
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title={words('schedule.add')} onClose={props.onClose}>
      <form
        class="report-form"
        onSubmit={(submit) => {
          submit.preventDefault();
          void save();
        }}
      >
        <Select
          label={words('kind.label')}
          value={kind.value}
          options={list.kinds.map((one) => ({ value: one.kind, label: one.title }))}
          onChange={(value) => {
            kind.value = value;
          }}
        />
        <Select
          label={words('every.label')}
          value={every.value}
          options={everies.map((value) => ({ value, label: words(`every.${value}`) }))}
          onChange={(value) => {
            every.value = value;
          }}
        />
        <Select
          label={words('site.label')}
          value={site.value}
          options={siteOptions(list)}
          onChange={(value) => {
            site.value = value;
          }}
        />
        <TextField
          label={words('schedule.time')}
          hint={words('schedule.time-hint')}
          error={wall === null ? words('schedule.time-wrong') : undefined}
          value={time.value}
          onInput={(value) => {
            time.value = value;
          }}
        />
        <TextField
          label={words('schedule.mail')}
          hint={list.hasMail ? words('schedule.mail-hint') : words('schedule.no-mail')}
          value={mail.value}
          onInput={(value) => {
            mail.value = value;
          }}
        />
        {failure.value === undefined ? null : (
          <p class="report-failure" role="alert">
            {failure.value}
          </p>
        )}
        <DialogActions onCancel={props.onClose}>
          <Button look="primary" type="submit" busy={busy.value} disabled={wall === null}>
            {words('schedule.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

export const siteOptions = ({ sites }: ReportList): { value: string; label: string }[] => [
  { value: '', label: words('site.all') },
  ...sites.map(({ id, name }) => ({ value: id, label: name })),
];
