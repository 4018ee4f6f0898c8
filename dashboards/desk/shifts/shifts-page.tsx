import './shifts.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type {
  OpenSummary,
  PeopleList,
  Severity,
  Shift,
  ShiftList,
  ShiftNote,
} from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Count, SeverityMark } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextArea } from '../../kit/field.tsx';
import { shaped } from '../../kit/request.ts';
import { address } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { timeOrDay } from '../../kit/time.ts';
import { done } from '../done.ts';
import { Initials } from '../initials.tsx';
import { deskZone, shiftNews } from '../live/desk-state.ts';
import { type Loaded, load } from '../loaded.ts';
import { api, fetchPeople, session } from '../session.ts';
import { words } from './words.ts';

const isList = shaped<ShiftList>({
  onDuty: 'array',
  waiting: 'array',
  past: 'array',
  notes: 'array',
  open: 'object',
});
const severities: Severity[] = ['critical', 'high', 'medium', 'low', 'info'];
/** As the server takes it. */
const MAX_NOTE = 2_000;
const time = (at: number): string => timeOrDay(at, now.value, deskZone.value);

/** Who is on duty, and what is handed from one to the next. */
export function ShiftsPage() {
  const list = useSignal<Loaded<ShiftList>>({ state: 'loading' });
  const isHanding = useSignal(false);
  const fetch = () => void load(list, () => api.get('api/shifts', isList));
  useEffect(fetch, [shiftNews.value]);
  const change = (path: string, body: object = {}) =>
    done(
      api.send(path, body).then((answer) => {
        if (isList(answer)) list.value = { state: 'there', value: answer };
      }),
    );
  const held = list.value;
  const me = session.value?.name;
  const isOnDuty = held.state === 'there' && held.value.onDuty.some(({ name }) => name === me);
  return (
    <section class="shifts" aria-labelledby="shifts-title">
      <header class="shifts-header">
        <div>
          <h1 id="shifts-title">{words('title')}</h1>
          <p class="soft">{words('about')}</p>
        </div>
        {held.state !== 'there' ? null : isOnDuty ? (
          <Button
            look="primary"
            icon="note"
            onClick={() => {
              isHanding.value = true;
            }}
          >
            {words('hand-over')}
          </Button>
        ) : (
          <Button look="primary" icon="person" onClick={() => void change('api/shifts/start')}>
            {words('start')}
          </Button>
        )}
      </header>
      {held.state === 'loading' ? (
        <Skeleton lines={[120, 160, 160]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={fetch} />
      ) : (
        <>
          {held.value.waiting.length === 0 ? null : (
            <Card title={words('waiting')} labelledBy="shifts-waiting">
              {held.value.waiting.map((shift) => (
                <HandedOver key={shift.id} shift={shift}>
                  {shift.name === me || (shift.handOver?.to ?? me) !== me ? null : (
                    <Button
                      look="primary"
                      icon="check"
                      onClick={() => void change(`api/shifts/${shift.id}/confirm`)}
                    >
                      {words('confirm')}
                    </Button>
                  )}
                </HandedOver>
              ))}
            </Card>
          )}
          {held.value.notes.some(({ read }) => read === undefined) ? (
            <Card title={words('notes')} labelledBy="shifts-notes">
              {held.value.notes
                .filter(({ read }) => read === undefined)
                .map((one) => (
                  <Note key={one.id} note={one}>
                    {one.by === me ? (
                      <p class="faint">{words('note-own')}</p>
                    ) : (
                      <Button
                        look="primary"
                        icon="check"
                        onClick={() => void change(`api/shifts/notes/${one.id}/read`)}
                      >
                        {words('confirm')}
                      </Button>
                    )}
                  </Note>
                ))}
            </Card>
          ) : null}
          <div class="shifts-columns">
            <Card title={words('on-duty')} labelledBy="shifts-duty">
              {held.value.onDuty.length === 0 ? (
                <EmptyState icon="person" title={words('nobody')}>
                  {words('nobody-text')}
                </EmptyState>
              ) : (
                <ul class="duty">
                  {held.value.onDuty.map(({ id, name, startedAt }) => (
                    <li key={id}>
                      <Initials name={name} />
                      <strong>{name}</strong>
                      <span class="faint">{words('since', { time: time(startedAt) })}</span>
                    </li>
                  ))}
                </ul>
              )}
            </Card>
            <Card title={words('now')} labelledBy="shifts-now">
              <Open open={held.value.open} />
            </Card>
          </div>
          <Card title={words('past')} labelledBy="shifts-past">
            {held.value.past.length === 0 && !held.value.notes.some(isRead) ? (
              <p class="soft">{words('none-past')}</p>
            ) : null}
            {held.value.past.map((shift) => (
              <HandedOver key={shift.id} shift={shift} />
            ))}
            {held.value.notes.filter(isRead).map((one) => (
              <Note key={one.id} note={one} />
            ))}
          </Card>
        </>
      )}
      {isHanding.value ? (
        <HandOverDialog
          begun={held.state === 'there' ? ownWords(held.value.notes, me) : ''}
          onSubmit={(body) => change('api/shifts/hand-over', body)}
          onClose={() => {
            isHanding.value = false;
          }}
        />
      ) : null}
    </section>
  );
}

const isRead = ({ read }: ShiftNote): boolean => read !== undefined;

/** What somebody has written for the next shift and nobody has read, as the beginning of their hand-over. */
const ownWords = (notes: readonly ShiftNote[], me: string | undefined): string =>
  notes
    .filter((one) => one.by === me && !isRead(one))
    .map(({ text }) => text)
    .join('\n\n')
    .slice(0, MAX_NOTE);

/** Something written down for the next shift. */
function Note({ note, children }: { note: ShiftNote; children?: ComponentChildren }) {
  const { by, at, text, incident, read } = note;
  return (
    <article class="handed">
      <header>
        <Initials name={by} />
        <strong>{words('from', { name: by, time: time(at) })}</strong>
        {incident === undefined ? null : (
          <a class="quiet-link" href={address('incidents', incident.id)}>
            {incident.title}
          </a>
        )}
      </header>
      <p class="handed-note">{text}</p>
      {read === undefined ? null : (
        <p class="faint">{words('note-read', { name: read.by, time: time(read.at) })}</p>
      )}
      {children}
    </article>
  );
}

function HandedOver({ shift, children }: { shift: Shift; children?: ComponentChildren }) {
  const { handOver } = shift;
  if (handOver === undefined) return null;
  return (
    <article class="handed">
      <header>
        <Initials name={shift.name} />
        <strong>{words('from', { name: shift.name, time: time(handOver.at) })}</strong>
        {handOver.to === undefined ? null : <span class="soft">{words('for', { name: handOver.to })}</span>}
      </header>
      <p class="handed-note">{handOver.note}</p>
      <Open open={handOver.open} />
      {handOver.confirmed === undefined ? null : (
        <p class="faint">
          {words('confirmed', { name: handOver.confirmed.by, time: time(handOver.confirmed.at) })}
        </p>
      )}
      {children}
    </article>
  );
}

/** What is open: counts by severity, and the most urgent by name. */
function Open({ open }: { open: OpenSummary }) {
  return (
    <div class="open-summary">
      <p class="open-counts">
        <strong>{words('open', { count: open.total })}</strong>
        {severities.map((severity) =>
          open.bySeverity[severity] === 0 ? null : (
            <span key={severity} class="open-count">
              <SeverityMark severity={severity} /> <Count value={open.bySeverity[severity]} />
            </span>
          ),
        )}
        {open.unassigned === 0 ? null : (
          <span class="faint">{words('unassigned', { count: open.unassigned })}</span>
        )}
      </p>
      <ul>
        {open.incidents.map(({ id, title, severity, assignee, site }) => (
          <li key={id}>
            <SeverityMark severity={severity} />
            <a class="quiet-link truncate" href={address('incidents', id)}>
              {title}
            </a>
            <span class="faint truncate">{[site, assignee].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function HandOverDialog(props: {
  /** What its person has written down already. */
  begun: string;
  onSubmit: (body: { note: string; to?: string }) => Promise<boolean>;
  onClose: () => void;
}) {
  const note = useSignal(props.begun);
  const to = useSignal('');
  const isWrong = useSignal(false);
  const isBusy = useSignal(false);
  const people = useSignal<Loaded<PeopleList>>({ state: 'loading' });
  useEffect(() => void load(people, fetchPeople), []);
  const others =
    people.value.state === 'there'
      ? people.value.value.items.filter(({ name }) => name !== session.value?.name)
      : [];
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = note.value.trim();
    isWrong.value = text === '';
    if (isWrong.value || isBusy.value) return;
    isBusy.value = true;
    if (await props.onSubmit({ note: text, ...(to.value === '' ? {} : { to: to.value }) })) props.onClose();
    isBusy.value = false;
  };
  return (
    <Dialog title={words('hand-over-title')} onClose={props.onClose}>
      <form class="reason" onSubmit={(event) => void submit(event)} noValidate>
        <TextArea
          label={words('note')}
          hint={words('note-hint')}
          value={note.value}
          rows={6}
          required
          error={isWrong.value ? words('note-missing') : undefined}
          onInput={(value) => {
            note.value = value;
          }}
        />
        <Select
          label={words('to')}
          value={to.value}
          options={[
            { value: '', label: words('anybody') },
            ...others.map(({ name }) => ({ value: name, label: name })),
          ]}
          onChange={(name) => {
            to.value = name;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button type="submit" look="primary" busy={isBusy.value}>
            {words('hand-over')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
