import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { AlertFrom, AlertingPage, AlertPreferences } from '../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Select, Switch, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { say } from '../../kit/toast.tsx';
import { done } from '../done.ts';
import { deskZone } from '../live/desk-state.ts';
import { reasonOf } from '../loaded.ts';
import { play, rememberTone } from './chime.ts';
import { reachable, subscribe } from './push.ts';
import { addDevice, removeDevice, savePreferences, sendTrial } from './requests.ts';
import { words } from './words.ts';

const steps = ['info', 'low', 'medium', 'high', 'critical', 'off'] as const;
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Day = (typeof days)[number];

interface Props {
  page: AlertingPage;
  onChanged: (page: AlertingPage) => void;
}

const fromOptions = steps.map((value) => ({ value, label: words(`from.${value}`) }));

export function Mine({ page, onChanged }: Props) {
  const wanted = useSignal<AlertPreferences>(page.preferences);
  const problem = useSignal<string | undefined>(undefined);
  const { address, ...rest } = wanted.value;
  const change = (by: Partial<AlertPreferences>) => {
    wanted.value = { ...wanted.value, ...by };
  };
  const save = async () => {
    const said = address?.trim() ?? '';
    const body: AlertPreferences = said === '' ? rest : { ...rest, address: said };
    try {
      onChanged(await savePreferences(body));
      rememberTone(body.sound);
      problem.value = undefined;
      say(words('mine.saved'), 'good');
    } catch (error) {
      problem.value = reasonOf(error).message;
    }
  };
  const tryIt = async () => {
    const answer = { ways: 0 };
    const took = await done(
      sendTrial().then((ways) => {
        answer.ways = ways;
      }),
    );
    if (took)
      say(answer.ways === 0 ? words('mine.trial-none') : words('mine.trial-sent', { count: answer.ways }));
  };
  return (
    <form
      class="alerting-mine"
      onSubmit={(submit) => {
        submit.preventDefault();
        void save();
      }}
    >
      <Card title={words('mine.ways')} labelledBy="ways">
        <div class="alerting-ways">
          <Way
            icon="phone"
            name={words('mine.push')}
            value={rest.push}
            onChange={(push) => change({ push })}
          />
          <Way
            icon="mail"
            name={words('mine.mail')}
            value={rest.mail}
            onChange={(mail) => change({ mail })}
          />
          <Way
            icon="siren"
            name={words('mine.sound')}
            value={rest.sound}
            onChange={(sound) => change({ sound })}
            aside={
              <Button size="small" look="quiet" icon="play" onClick={() => play('critical')}>
                {words('mine.hear')}
              </Button>
            }
          />
        </div>
        {page.hasMail ? (
          <TextField
            label={words('mine.address')}
            hint={
              page.address === undefined
                ? words('mine.address-none')
                : words('mine.address-hint', { address: page.address })
            }
            error={problem.value}
            value={address ?? ''}
            onInput={(value) => change({ address: value })}
            autoComplete="email"
          />
        ) : (
          <p class="soft">{words('mine.no-mail')}</p>
        )}
      </Card>
      <Devices page={page} onChanged={onChanged} />
      <Quiet
        value={rest.quiet}
        onChange={(quiet) => {
          const { quiet: _before, ...others } = wanted.value;
          wanted.value = quiet === undefined ? others : { ...others, quiet };
        }}
      />
      <footer class="alerting-actions">
        <Button look="quiet" icon="play" onClick={() => void tryIt()}>
          {words('mine.trial')}
        </Button>
        <Button look="primary" type="submit">
          {words('mine.save')}
        </Button>
      </footer>
    </form>
  );
}

function Way(props: {
  icon: 'phone' | 'mail' | 'siren';
  name: string;
  value: AlertFrom;
  onChange: (value: AlertFrom) => void;
  aside?: ComponentChildren;
}) {
  return (
    <div class="alerting-way">
      <Icon name={props.icon} size={20} />
      <Select label={props.name} value={props.value} options={fromOptions} onChange={props.onChange} />
      {props.aside}
    </div>
  );
}

function Devices({ page, onChanged }: Props) {
  const isBusy = useSignal(false);
  const can = reachable();
  const add = async () => {
    isBusy.value = true;
    await done(
      subscribe(page.pushKey).then(async (device) => {
        if (device === undefined) say(words('devices.denied'), 'critical');
        else {
          onChanged(await addDevice(device));
          say(words('devices.added'), 'good');
        }
      }),
    );
    isBusy.value = false;
  };
  return (
    <Card
      title={words('devices.title')}
      labelledBy="devices"
      aside={
        can === 'yes' ? (
          <Button size="small" icon="plus" busy={isBusy.value} onClick={() => void add()}>
            {words('devices.add')}
          </Button>
        ) : undefined
      }
    >
      {can === 'yes' ? null : <p class="soft">{words(`devices.${can}`)}</p>}
      {page.devices.length === 0 ? (
        <p class="soft">{words('devices.empty')}</p>
      ) : (
        <ul class="alerting-devices">
          {page.devices.map(({ id, name, at }) => (
            <li key={id}>
              <Icon name="phone" size={18} />
              <strong>{name}</strong>
              <span class="soft">
                <RelativeTime at={at} timeZone={deskZone.value} />
              </span>
              <IconButton
                icon="close"
                label={words('devices.remove', { name })}
                onClick={() => void done(removeDevice(id).then(onChanged))}
              />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

type QuietHours = NonNullable<AlertPreferences['quiet']>;

function Quiet({
  value,
  onChange,
}: {
  value: QuietHours | undefined;
  onChange: (value: QuietHours | undefined) => void;
}) {
  const zone = value?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const hours = value?.hours[0] ?? { days: [...days], from: '22:00', to: '06:00' };
  const put = (by: Partial<typeof hours>, except: AlertFrom = value?.except ?? 'critical') =>
    onChange({ hours: [{ ...hours, ...by }], timeZone: zone, except });
  const toggle = (day: Day) => {
    const next = days.filter((one) => (one === day ? !hours.days.includes(one) : hours.days.includes(one)));
    if (next.length > 0) put({ days: next });
  };
  return (
    <Card title={words('quiet.title')} labelledBy="quiet">
      <Switch
        label={words('quiet.on')}
        on={value !== undefined}
        onChange={(on) => (on ? put({}) : onChange(undefined))}
      />
      <p class="soft">{words('quiet.about')}</p>
      {value === undefined ? null : (
        <>
          <div class="alerting-quiet">
            <Time label={words('quiet.from')} value={hours.from} onChange={(from) => put({ from })} />
            <Time label={words('quiet.to')} value={hours.to} onChange={(to) => put({ to })} />
            <Select
              label={words('quiet.except')}
              value={value.except}
              options={fromOptions}
              onChange={(except) => put({}, except)}
            />
          </div>
          <fieldset class="alerting-days">
            <legend class="field-label">{words('quiet.days')}</legend>
            {days.map((day) => (
              <label key={day} class="alerting-day">
                <input type="checkbox" checked={hours.days.includes(day)} onChange={() => toggle(day)} />
                <span>{words(`day.${day}`)}</span>
              </label>
            ))}
          </fieldset>
          <p class="soft">{words('quiet.zone', { zone: zone.replaceAll('_', ' ') })}</p>
        </>
      )}
    </Card>
  );
}

function Time({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input
        class="input"
        type="time"
        required
        value={value}
        onInput={(input) => input.currentTarget.value !== '' && onChange(input.currentTarget.value)}
      />
    </label>
  );
}
