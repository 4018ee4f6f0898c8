import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ErasureReport, PersonalDataState } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { duration } from '../../kit/time.ts';
import { deskZone } from '../live/desk-state.ts';
import { type Loaded, load } from '../loaded.ts';
import { api } from '../session.ts';
import { trying } from './confirm.tsx';
import { fetchData, isDataState, isErased, sent } from './people-requests.ts';
import { words } from './words.ts';

type Known = PersonalDataState['people'][number];

/** The policy, what it did, legal holds, and what a person may ask for. */
export function PersonalDataView({ mayChange }: { mayChange: boolean }) {
  const held = useSignal<Loaded<PersonalDataState>>({ state: 'loading' });
  const find = useSignal('');
  const ask = () => void load(held, () => fetchData(find.value));
  useEffect(ask, []);
  const shown = held.value;
  if (shown.state === 'loading') return <Skeleton lines={[180, 90, 240]} />;
  if (shown.state === 'failed') return <ErrorState message={shown.message} onRetry={ask} />;
  const state = shown.value;
  return (
    <div class="people-cards">
      <Policy state={state} mayChange={mayChange} onChanged={ask} />
      <Holds state={state} mayChange={mayChange} onChanged={ask} />
      {mayChange ? (
        <Card title={words('data.people')}>
          <TextField
            label={words('data.find')}
            value={find.value}
            onInput={(value) => {
              find.value = value;
              ask();
            }}
          />
          {state.people.length === 0 ? (
            <EmptyState icon="person" title={words('data.nobody')} />
          ) : (
            <ul class="people-rows">
              {state.people.map((person) => (
                <PersonRow key={person.id} person={person} onChanged={ask} />
              ))}
            </ul>
          )}
          {state.more === 0 ? null : <p class="soft">{words('data.more', { count: state.more })}</p>}
        </Card>
      ) : null}
    </div>
  );
}

interface Part {
  state: PersonalDataState;
  mayChange: boolean;
  onChanged: () => void;
}

function Policy({ state, mayChange, onChanged }: Part) {
  const [last] = state.runs;
  return (
    <Card
      title={words('data.policy')}
      aside={
        mayChange ? (
          <Button
            size="small"
            onClick={() =>
              void trying(async () => {
                await api.send('api/personal-data/run', {});
                onChanged();
              })
            }
          >
            {words('data.run')}
          </Button>
        ) : undefined
      }
    >
      <ul class="people-rows">
        {state.policy.map(({ kind, keptMs }) => (
          <li key={kind}>
            <div>{words(`data.${kind}`)}</div>
            {last === undefined || last.deleted[kind] === 0 ? null : (
              <Chip>{words('data.ran', { count: last.deleted[kind] })}</Chip>
            )}
            <span class="soft">{keptMs === undefined ? words('data.forever') : duration(keptMs)}</span>
          </li>
        ))}
      </ul>
      <p class="soft">
        {last === undefined ? (
          words('data.never')
        ) : (
          <>
            {words('data.last')} <RelativeTime at={last.at} timeZone={deskZone.value} />
            {last.held === 0 ? '' : `, ${words('data.was-held', { count: last.held })}`}
          </>
        )}
      </p>
    </Card>
  );
}

function Holds({ state, mayChange, onChanged }: Part) {
  return (
    <Card title={words('data.holds')}>
      {state.holds.length === 0 ? (
        <p class="soft">{words('data.no-holds')}</p>
      ) : (
        <ul class="people-rows">
          {state.holds.map((hold) => (
            <li key={hold.id}>
              <div>
                <strong>{hold.name}</strong>
                <p class="soft">
                  {hold.reason} · {hold.by}, <RelativeTime at={hold.at} timeZone={deskZone.value} />
                </p>
              </div>
              {mayChange ? (
                <Button
                  size="small"
                  look="quiet"
                  label={`${words('data.hold-end')}: ${words('data.hold-end-of', { name: hold.name })}`}
                  onClick={() =>
                    void trying(async () => {
                      await sent(isDataState, `api/personal-data/holds/${hold.id}`, undefined, 'DELETE');
                      onChanged();
                    })
                  }
                >
                  {words('data.hold-end')}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function PersonRow({ person, onChanged }: { person: Known; onChanged: () => void }) {
  const isAsking = useSignal<'hold' | 'erase' | undefined>(undefined);
  const reason = useSignal('');
  const report = useSignal<ErasureReport | undefined>(undefined);
  const { name } = person;
  const path = `api/personal-data/${encodeURIComponent(person.id)}`;
  const close = () => {
    isAsking.value = undefined;
    report.value = undefined;
    onChanged();
  };
  const save = (format: 'json' | 'text') =>
    trying(async () => {
      const answer = await fetch(`${path}/export?format=${format}`, { credentials: 'same-origin' });
      // The same question as a request of the desk: so that a refusal is told, and asked for proof, like any other.
      if (!answer.ok)
        await api.get(`${path}/export?format=json`, (value): value is unknown => value !== undefined);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `${person.id}.${format === 'json' ? 'json' : 'txt'}`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  return (
    <li>
      <div>
        <strong>{name}</strong>
        <p class="soft">{person.kind}</p>
      </div>
      <Button
        size="small"
        label={`${words('data.format-text')}: ${words('data.export-of', { name })}`}
        onClick={() => void save('text')}
      >
        {words('data.format-text')}
      </Button>
      <Button
        size="small"
        label={`${words('data.format-json')}: ${words('data.export-of', { name })}`}
        onClick={() => void save('json')}
      >
        {words('data.format-json')}
      </Button>
      <Button
        size="small"
        label={words('data.hold-of', { name })}
        onClick={() => {
          isAsking.value = 'hold';
        }}
      >
        {words('data.hold')}
      </Button>
      <Button
        size="small"
        look="danger"
        label={words('data.erase-of', { name })}
        onClick={() => {
          isAsking.value = 'erase';
        }}
      >
        {words('data.erase')}
      </Button>
      {isAsking.value === 'hold' ? (
        <Dialog title={words('data.hold-of', { name })} onClose={close}>
          <form
            class="people-form"
            onSubmit={(event) => {
              event.preventDefault();
              void trying(async () => {
                const body = { about: { person: person.id }, reason: reason.value };
                await sent(isDataState, 'api/personal-data/holds', body);
                close();
              });
            }}
          >
            <TextField
              label={words('people.reason')}
              value={reason.value}
              onInput={(value) => {
                reason.value = value;
              }}
              required
              autoFocus
            />
            <DialogActions onCancel={close}>
              <Button type="submit" look="primary">
                {words('data.hold')}
              </Button>
            </DialogActions>
          </form>
        </Dialog>
      ) : null}
      {isAsking.value === 'erase' ? (
        <Dialog title={words('data.erase-of', { name })} onClose={close}>
          {report.value === undefined ? (
            <div class="people-form">
              <p>{words('data.erase-about')}</p>
              <DialogActions onCancel={close}>
                <Button
                  look="danger"
                  onClick={() =>
                    void trying(async () => {
                      report.value = await sent(isErased, `${path}/erase`, {});
                    })
                  }
                >
                  {words('data.erase')}
                </Button>
              </DialogActions>
            </div>
          ) : (
            <div class="people-form">
              <h3>{words('data.erased')}</h3>
              <ul class="people-rows">
                {report.value.erased.map(({ what, count }) => (
                  <li key={what}>
                    <div>{what}</div>
                    <strong>{count}</strong>
                  </li>
                ))}
              </ul>
              <h3>{words('data.kept')}</h3>
              <ul class="people-rows">
                {report.value.kept.map(({ what, count, why }) => (
                  <li key={what}>
                    <div>
                      {what}
                      <p class="soft">{why}</p>
                    </div>
                    <strong>{count}</strong>
                  </li>
                ))}
              </ul>
              <footer class="dialog-actions">
                <Button look="primary" onClick={close}>
                  {words('people.close')}
                </Button>
              </footer>
            </div>
          )}
        </Dialog>
      ) : null}
    </li>
  );
}
