import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { BulkRequest, PeopleList } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextArea } from '../../kit/field.tsx';
import { say } from '../../kit/toast.tsx';
import { done } from '../done.ts';
import { showIncident } from '../live/desk-state.ts';
import { type Loaded, load } from '../loaded.ts';
import { fetchPeople } from '../session.ts';
import { changeMany } from './desk-settings.ts';
import { words } from './words.ts';

type Verb = BulkRequest['verb'];
const verbs: readonly Verb[] = ['acknowledge', 'assign', 'contain', 'resolve', 'false-alarm'];
/** Incidents of one request. */
const MAX_AT_ONCE = 500;

/** What can be done to all that are chosen. */
export function BulkBar({ chosen }: { chosen: Signal<ReadonlySet<string>> }) {
  const asked = useSignal<Verb | undefined>(undefined);
  const isBusy = useSignal(false);
  const change = async (body: Omit<BulkRequest, 'ids'>) => {
    const ids = [...chosen.value];
    isBusy.value = true;
    for (let at = 0; at < ids.length; at += MAX_AT_ONCE) {
      const isDone = await done(
        changeMany({ ...body, ids: ids.slice(at, at + MAX_AT_ONCE) }).then((answer) => {
          for (const summary of answer.done) showIncident(summary);
          const [refused] = answer.refused;
          say(words('done', { count: answer.done.length }));
          if (refused !== undefined)
            say(words('refused', { count: answer.refused.length, message: refused.message }), 'critical');
          chosen.value = new Set(answer.refused.map(({ id }) => id));
        }),
      );
      if (!isDone) break;
    }
    isBusy.value = false;
  };
  return (
    <section class="bulk" aria-label={words('bulk')}>
      <strong role="status">{words('chosen', { count: chosen.value.size })}</strong>
      {verbs.map((verb) => (
        <Button
          key={verb}
          size="small"
          busy={isBusy.value}
          look={verb === 'acknowledge' ? 'primary' : 'plain'}
          onClick={() => {
            if (verb === 'acknowledge' || verb === 'contain') void change({ verb });
            else asked.value = verb;
          }}
        >
          {words(`verb-${verb}`)}
        </Button>
      ))}
      <Button
        size="small"
        look="quiet"
        icon="close"
        onClick={() => {
          chosen.value = new Set();
        }}
      >
        {words('choose-none')}
      </Button>
      {asked.value === undefined ? null : (
        <BulkDialog
          verb={asked.value}
          count={chosen.value.size}
          onSubmit={(more) => void change(more)}
          onClose={() => {
            asked.value = undefined;
          }}
        />
      )}
    </section>
  );
}

function BulkDialog(props: {
  verb: Verb;
  count: number;
  onSubmit: (body: Omit<BulkRequest, 'ids'>) => void;
  onClose: () => void;
}) {
  const { verb, onClose } = props;
  const why = useSignal('');
  const assignee = useSignal('');
  const isWrong = useSignal(false);
  const people = useSignal<Loaded<PeopleList>>({ state: 'loading' });
  useEffect(() => {
    if (verb === 'assign') void load(people, fetchPeople);
  }, []);
  const names = people.value.state === 'there' ? people.value.value.items.map(({ name }) => name) : [];
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const text = why.value.trim();
    isWrong.value = verb !== 'assign' && text === '';
    if (isWrong.value) return;
    const to = assignee.value === '' ? names[0] : assignee.value;
    props.onSubmit({
      verb,
      ...(text === '' ? {} : { text }),
      ...(verb === 'assign' && to !== undefined ? { assignee: to } : {}),
    });
    onClose();
  };
  return (
    <Dialog
      title={words('bulk-title', { verb: words(`verb-${verb}`), count: props.count })}
      onClose={onClose}
    >
      <form class="reason" onSubmit={submit} noValidate>
        {verb === 'assign' ? (
          <Select
            label={words('assign-to')}
            value={assignee.value}
            options={names.map((name) => ({ value: name, label: name }))}
            onChange={(name) => {
              assignee.value = name;
            }}
          />
        ) : (
          <TextArea
            label={words('why')}
            value={why.value}
            required
            maxLength={1_000}
            error={isWrong.value ? words('why-missing') : undefined}
            onInput={(value) => {
              why.value = value;
            }}
          />
        )}
        <DialogActions onCancel={onClose}>
          <Button type="submit" look="primary">
            {words(`verb-${verb}`)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
