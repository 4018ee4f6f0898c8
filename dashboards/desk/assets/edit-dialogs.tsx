/** The editor's three dialogs. What is wrong is told at its field, by the server's own rules. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type {
  AssetEntry,
  AssetMap,
  DependencyEntry,
  MappedDependency,
  PersonEntry,
} from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { RequestError } from '../../kit/request.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { say } from '../../kit/toast.tsx';
import { type Loaded, load, reasonOf } from '../loaded.ts';
import { map as held } from './asset-data.ts';
import { needTypes } from './asset-details.tsx';
import { assetKinds, kindName, timesFrom, timesText } from './asset-words.ts';
import { fetchAsset, fetchPerson, putEntry, putNeed, removeEntry } from './requests.ts';
import { words } from './words.ts';

const listed = (written: string): string[] =>
  written
    .split(/[,\s]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

interface Wrong {
  field: string | undefined;
  message: string;
}

/** Sends; what the server refuses stays in the dialog. */
function useSending(onDone: () => void) {
  const wrong = useSignal<Wrong | undefined>(undefined);
  const isBusy = useSignal(false);
  const send = async (change: () => Promise<AssetMap>, done: string) => {
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      held.value = { state: 'there', value: await change() };
      say(done);
      onDone();
    } catch (error) {
      wrong.value = {
        field: error instanceof RequestError ? error.field : undefined,
        message: reasonOf(error).message,
      };
    } finally {
      isBusy.value = false;
    }
  };
  return { wrong, isBusy, send };
}

const errorAt = (wrong: Wrong | undefined, ...fields: string[]): string | undefined =>
  wrong?.field !== undefined && fields.includes(wrong.field) ? wrong.message : undefined;

function Trouble({ wrong, fields }: { wrong: Wrong | undefined; fields: readonly string[] }) {
  return wrong === undefined || (wrong.field !== undefined && fields.includes(wrong.field)) ? null : (
    <p class="edit-wrong" role="alert">
      {wrong.message}
    </p>
  );
}

const assetFields = [
  'id',
  'name',
  'kind',
  'site',
  'zone',
  'criticality',
  'hostedOn',
  'dependsOn',
  'guards',
  'addresses',
];

export function AssetDialog(props: {
  map: AssetMap;
  id: string | undefined;
  site: string;
  onClose: () => void;
}) {
  const { id } = props;
  const entry = useSignal<Loaded<AssetEntry | undefined>>(
    id === undefined ? { state: 'there', value: undefined } : { state: 'loading' },
  );
  useEffect(() => {
    if (id !== undefined) void load(entry, () => fetchAsset(id));
  }, [id]);
  const name = props.map.assets.find((one) => one.id === id)?.name ?? id ?? '';
  return (
    <Dialog
      title={id === undefined ? words('edit.new-asset') : words('edit.asset', { name })}
      onClose={props.onClose}
      size="wide"
    >
      {entry.value.state === 'loading' ? (
        <Skeleton lines={[40, 40, 40]} />
      ) : entry.value.state === 'failed' ? (
        <ErrorState message={entry.value.message} />
      ) : (
        <AssetForm {...props} entry={entry.value.value} />
      )}
    </Dialog>
  );
}

function AssetForm(props: {
  map: AssetMap;
  entry: AssetEntry | undefined;
  site: string;
  onClose: () => void;
}) {
  const { map, entry } = props;
  const id = useSignal(entry?.id ?? '');
  const name = useSignal(entry?.name ?? '');
  const kind = useSignal<string>(entry?.kind ?? 'door');
  const site = useSignal(entry?.site ?? props.site);
  const zone = useSignal(entry?.zone ?? '');
  const criticality = useSignal(String(entry?.criticality ?? 3));
  const hostedOn = useSignal(entry?.hostedOn ?? '');
  const dependsOn = useSignal((entry?.dependsOn ?? []).join(', '));
  const guards = useSignal((entry?.guards ?? []).join(', '));
  const addresses = useSignal((entry?.addresses ?? []).join(', '));
  const { wrong, isBusy, send } = useSending(props.onClose);
  const zones = map.sites.find((one) => one.id === site.value)?.zones ?? [];
  const hosts = map.assets.filter(
    (one) => one.site === site.value && one.criticality !== undefined && one.id !== entry?.id,
  );
  const save = () => {
    const { zone: _zone, hostedOn: _hosted, addresses: _addresses, ...rest } = entry ?? {};
    const reached = listed(addresses.value);
    void send(
      () =>
        putEntry('assets', id.value.trim(), {
          ...rest,
          name: name.value.trim(),
          kind: kind.value,
          site: site.value,
          criticality: Number(criticality.value),
          dependsOn: listed(dependsOn.value),
          guards: listed(guards.value),
          ...(zone.value === '' ? {} : { zone: zone.value }),
          ...(hostedOn.value === '' ? {} : { hostedOn: hostedOn.value }),
          ...(reached.length === 0 ? {} : { addresses: reached }),
        }),
      words('edit.waits'),
    );
  };
  const current = wrong.value;
  return (
    <form
      class="edit-form"
      onSubmit={(submit) => {
        submit.preventDefault();
        save();
      }}
    >
      <div class="edit-columns">
        <TextField
          label={words('field.name')}
          value={name.value}
          required
          autoFocus
          autoComplete="off"
          error={errorAt(current, 'name')}
          onInput={(value) => {
            name.value = value;
          }}
        />
        {entry === undefined ? (
          <TextField
            label={words('field.id')}
            hint={words('field.id-hint')}
            value={id.value}
            required
            autoComplete="off"
            error={errorAt(current, 'id')}
            onInput={(value) => {
              id.value = value;
            }}
          />
        ) : null}
        <Select
          label={words('field.kind')}
          value={kind.value}
          error={errorAt(current, 'kind')}
          options={assetKinds.map((value) => ({ value: value as string, label: kindName(value) }))}
          onChange={(value) => {
            kind.value = value;
          }}
        />
        <Select
          label={words('field.site')}
          value={site.value}
          error={errorAt(current, 'site')}
          options={map.sites.map((one) => ({ value: one.id, label: one.name }))}
          onChange={(value) => {
            site.value = value;
            zone.value = '';
          }}
        />
        <Select
          label={words('field.zone')}
          value={zone.value}
          error={errorAt(current, 'zone')}
          options={[
            { value: '', label: words('field.no-zone') },
            ...zones.map((one) => ({ value: one.id, label: one.name })),
          ]}
          onChange={(value) => {
            zone.value = value;
          }}
        />
        <Select
          label={words('field.criticality')}
          value={criticality.value}
          error={errorAt(current, 'criticality')}
          options={([1, 2, 3, 4, 5] as const).map((step) => ({
            value: String(step),
            label: words(`criticality.${step}`),
          }))}
          onChange={(value) => {
            criticality.value = value;
          }}
        />
        <Select
          label={words('field.hosted-on')}
          value={hostedOn.value}
          error={errorAt(current, 'hostedOn')}
          options={[
            { value: '', label: words('field.nothing') },
            ...hosts.map((one) => ({ value: one.id, label: one.name })),
          ]}
          onChange={(value) => {
            hostedOn.value = value;
          }}
        />
        <TextField
          label={words('field.depends-on')}
          hint={words('field.list-hint')}
          value={dependsOn.value}
          autoComplete="off"
          error={errorAt(current, 'dependsOn')}
          onInput={(value) => {
            dependsOn.value = value;
          }}
        />
        <TextField
          label={words('field.guards')}
          hint={words('field.list-hint')}
          value={guards.value}
          autoComplete="off"
          error={errorAt(current, 'guards')}
          onInput={(value) => {
            guards.value = value;
          }}
        />
        <TextField
          label={words('field.addresses')}
          hint={words('field.list-hint')}
          value={addresses.value}
          autoComplete="off"
          error={errorAt(current, 'addresses')}
          onInput={(value) => {
            addresses.value = value;
          }}
        />
      </div>
      <Trouble wrong={current} fields={assetFields} />
      <DialogActions onCancel={props.onClose}>
        {entry === undefined ? null : (
          <Button
            look="danger"
            onClick={() => void send(() => removeEntry('assets', entry.id), words('edit.removed'))}
          >
            {words('edit.remove')}
          </Button>
        )}
        <Button type="submit" look="primary" busy={isBusy.value}>
          {words('edit.save')}
        </Button>
      </DialogActions>
    </form>
  );
}

const personKinds = ['staff', 'courier', 'customer', 'contractor', 'service'] as const;
const personFields = ['id', 'name', 'kind', 'sites', 'badges', 'accounts'];

export function PersonDialog(props: { map: AssetMap; id: string | undefined; onClose: () => void }) {
  const { id } = props;
  const entry = useSignal<Loaded<PersonEntry | undefined>>(
    id === undefined ? { state: 'there', value: undefined } : { state: 'loading' },
  );
  useEffect(() => {
    if (id !== undefined) void load(entry, () => fetchPerson(id));
  }, [id]);
  const name = props.map.people.find((one) => one.id === id)?.name ?? id ?? '';
  return (
    <Dialog
      title={id === undefined ? words('edit.new-person') : words('edit.person', { name })}
      onClose={props.onClose}
      size="wide"
    >
      {entry.value.state === 'loading' ? (
        <Skeleton lines={[40, 40, 40]} />
      ) : entry.value.state === 'failed' ? (
        <ErrorState message={entry.value.message} />
      ) : (
        <PersonForm entry={entry.value.value} onClose={props.onClose} />
      )}
    </Dialog>
  );
}

function PersonForm({ entry, onClose }: { entry: PersonEntry | undefined; onClose: () => void }) {
  const id = useSignal(entry?.id ?? '');
  const name = useSignal(entry?.name ?? '');
  const kind = useSignal<PersonEntry['kind']>(entry?.kind ?? 'staff');
  const sites = useSignal((entry?.sites ?? []).join(', '));
  const badges = useSignal((entry?.badges ?? []).join(', '));
  const accounts = useSignal((entry?.accounts ?? []).join(', '));
  const { wrong, isBusy, send } = useSending(onClose);
  const current = wrong.value;
  const save = () =>
    void send(
      () =>
        putEntry('people', id.value.trim(), {
          ...entry,
          name: name.value.trim(),
          kind: kind.value,
          sites: listed(sites.value),
          badges: listed(badges.value),
          accounts: listed(accounts.value),
        }),
      words('edit.waits'),
    );
  const field = (label: string, signal: { value: string }, key: string, hint?: string) => (
    <TextField
      label={label}
      hint={hint}
      value={signal.value}
      autoComplete="off"
      required={key === 'name' || key === 'id'}
      error={errorAt(current, key)}
      onInput={(value) => {
        signal.value = value;
      }}
    />
  );
  return (
    <form
      class="edit-form"
      onSubmit={(submit) => {
        submit.preventDefault();
        save();
      }}
    >
      <div class="edit-columns">
        {field(words('field.name'), name, 'name')}
        {entry === undefined ? field(words('field.id'), id, 'id', words('field.id-hint')) : null}
        <Select
          label={words('field.person-kind')}
          value={kind.value}
          error={errorAt(current, 'kind')}
          options={personKinds.map((value) => ({ value, label: words(`person.${value}`) }))}
          onChange={(value) => {
            kind.value = value;
          }}
        />
        {field(words('field.sites'), sites, 'sites', words('field.list-hint'))}
        {field(words('field.badges'), badges, 'badges', words('field.list-hint'))}
        {field(words('field.accounts'), accounts, 'accounts', words('field.list-hint'))}
      </div>
      <Trouble wrong={current} fields={personFields} />
      <DialogActions onCancel={onClose}>
        {entry === undefined ? null : (
          <Button
            look="danger"
            onClick={() => void send(() => removeEntry('people', entry.id), words('edit.removed'))}
          >
            {words('edit.remove')}
          </Button>
        )}
        <Button type="submit" look="primary" busy={isBusy.value}>
          {words('edit.save')}
        </Button>
      </DialogActions>
    </form>
  );
}

const needFields = ['on', 'effect', 'type', 'needed', 'probability', 'delay', 'buffer', 'bufferedBy'];

/** What an asset needs: a new need, or another word on one that is there. */
export function NeedDialog(props: {
  map: AssetMap;
  of: string;
  need: MappedDependency | undefined;
  onClose: () => void;
}) {
  const { map, of, need } = props;
  const on = useSignal(
    (need?.on ?? [])
      .map(({ asset, effect }) => (effect === 'down' ? asset : `${asset}:${effect}`))
      .join(', '),
  );
  const effect = useSignal(need?.effect ?? 'down');
  const type = useSignal<string>(need?.type ?? 'power');
  const needed = useSignal(need?.needed === undefined ? '' : String(need.needed));
  const probability = useSignal(String(Math.round((need?.probability ?? 1) * 1_000) / 10));
  const delay = useSignal(timesText(need?.delay ?? '0 s'));
  const buffer = useSignal(timesText(need?.buffer ?? '0 s'));
  const bufferedBy = useSignal(need?.bufferedBy ?? '');
  const { wrong, isBusy, send } = useSending(props.onClose);
  const current = wrong.value;
  const save = () => {
    const chance = Number(probability.value.replace(',', '.')) / 100;
    const most = Number(needed.value);
    if (!Number.isFinite(chance)) {
      wrong.value = { field: 'probability', message: words('number.wrong') };
      return;
    }
    if (needed.value.trim() !== '' && !Number.isInteger(most)) {
      wrong.value = { field: 'needed', message: words('number.wrong') };
      return;
    }
    const entry: DependencyEntry = {
      of,
      effect: effect.value,
      type: type.value,
      on: listed(on.value).map((one) => {
        const [asset = '', cause = 'down'] = one.split(':');
        return { asset, effect: cause };
      }),
      ...(needed.value.trim() === '' ? {} : { needed: most }),
      probability: chance,
      delay: timesFrom(delay.value),
      buffer: timesFrom(buffer.value),
      ...(bufferedBy.value.trim() === '' ? {} : { bufferedBy: bufferedBy.value.trim() }),
    };
    void send(() => putNeed(need?.id, entry), words('need.kept'));
  };
  const field = (label: string, signal: { value: string }, key: string, hint?: string, isFirst = false) => (
    <TextField
      label={label}
      hint={hint}
      value={signal.value}
      autoComplete="off"
      autoFocus={isFirst}
      required={key === 'on'}
      error={errorAt(current, key)}
      onInput={(value) => {
        signal.value = value;
      }}
    />
  );
  const name = map.assets.find((one) => one.id === of)?.name ?? of;
  return (
    <Dialog title={words('edit.need', { name })} onClose={props.onClose} size="wide">
      <form
        class="edit-form"
        onSubmit={(submit) => {
          submit.preventDefault();
          save();
        }}
      >
        <div class="edit-columns">
          {field(words('field.on'), on, 'on', words('field.on-hint'), true)}
          <Select
            label={words('field.type')}
            value={type.value}
            error={errorAt(current, 'type')}
            options={needTypes.map((value) => ({ value: value as string, label: words(`need.${value}`) }))}
            onChange={(value) => {
              type.value = value;
            }}
          />
          <Select
            label={words('field.effect')}
            value={effect.value}
            error={errorAt(current, 'effect')}
            options={map.effects.map((one) => ({ value: one.id, label: one.words }))}
            onChange={(value) => {
              effect.value = value;
            }}
          />
          {field(words('field.probability'), probability, 'probability')}
          {field(words('field.delay'), delay, 'delay', words('field.times-hint'))}
          {field(words('field.buffer'), buffer, 'buffer', words('field.times-hint'))}
          {field(words('field.buffered-by'), bufferedBy, 'bufferedBy')}
          {field(words('field.needed'), needed, 'needed', words('field.needed-hint'))}
        </div>
        <Trouble wrong={current} fields={needFields} />
        <DialogActions onCancel={props.onClose}>
          <Button type="submit" look="primary" busy={isBusy.value}>
            {words('edit.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
