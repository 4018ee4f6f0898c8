import { useSignal } from '@preact/signals';
import type {
  SharingGroupRow,
  SharingList,
  SharingRules,
  TrafficLight,
} from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, Switch, TextField } from '../../kit/field.tsx';
import { tlps } from './indicators.tsx';
import { words } from './words.ts';

const switches = ['people', 'places', 'ownAddresses', 'story', 'measures', 'observations'] as const;
const times = ['exact', 'hour', 'day'] as const;

/** Who gets what, up to which mark, and what is taken out before. */
export function GroupDialog(props: {
  group: SharingGroupRow | undefined;
  collections: SharingList['collections'];
  onSave: (body: object) => Promise<boolean>;
  onClose: () => void;
}) {
  const { group } = props;
  const name = useSignal(group?.name ?? '');
  const partners = useSignal(group?.partners.map((one) => one.name).join(', ') ?? '');
  const tlp = useSignal<TrafficLight>(group?.tlp ?? 'amber');
  const collection = useSignal(group?.collection ?? '');
  const isFourEyes = useSignal(group?.fourEyes ?? true);
  const rules = useSignal<SharingRules>(
    group?.rules ?? {
      people: false,
      places: false,
      ownAddresses: false,
      story: true,
      measures: true,
      observations: true,
      times: 'exact',
    },
  );
  const contacts = new Map(group?.partners.map((one) => [one.name, one.contact]));
  const listed = partners.value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const save = async () => {
    const isDone = await props.onSave({
      name: name.value,
      tlp: tlp.value,
      partners: listed.map((one) => ({ name: one, contact: contacts.get(one) ?? '' })),
      collection: collection.value,
      rules: rules.value,
      fourEyes: isFourEyes.value,
    });
    if (isDone) props.onClose();
  };
  return (
    <Dialog title={group?.name ?? words('group.add')} onClose={props.onClose}>
      <div class="intel-form">
        <TextField
          label={words('group.name')}
          value={name.value}
          required
          onInput={(value) => {
            name.value = value;
          }}
        />
        <TextField
          label={words('group.partners')}
          hint={words('group.partners-hint')}
          value={partners.value}
          required
          onInput={(value) => {
            partners.value = value;
          }}
        />
        <Select
          label={words('group.tlp')}
          value={tlp.value}
          options={tlps.map((one) => ({ value: one, label: `TLP:${one.toUpperCase()}` }))}
          onChange={(value) => {
            tlp.value = value;
          }}
        />
        <Select
          label={words('group.collection')}
          value={collection.value}
          options={[
            { value: '', label: words('group.by-file') },
            ...props.collections.map(({ alias, title }) => ({ value: alias, label: title })),
          ]}
          onChange={(value) => {
            collection.value = value;
          }}
        />
        <fieldset class="intel-rules">
          <legend>{words('group.rules')}</legend>
          {switches.map((one) => (
            <Switch
              key={one}
              label={words(`rule.${one}`)}
              on={rules.value[one]}
              onChange={(on) => {
                rules.value = { ...rules.value, [one]: on };
              }}
            />
          ))}
        </fieldset>
        <Select
          label={words('group.times')}
          value={rules.value.times}
          options={times.map((value) => ({ value, label: words(`times.${value}`) }))}
          onChange={(value) => {
            rules.value = { ...rules.value, times: value };
          }}
        />
        <Switch
          label={words('group.four-eyes')}
          on={isFourEyes.value}
          onChange={(on) => {
            isFourEyes.value = on;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button
            look="primary"
            disabled={name.value.trim() === '' || listed.length === 0}
            onClick={() => void save()}
          >
            {words('group.save')}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}
