import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Detection, PeopleList } from '../../../cloud/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { Select, Switch } from '../../kit/field.tsx';
import { say } from '../../kit/toast.tsx';
import { factName } from '../incident/fact-name.ts';
import { type Loaded, load } from '../loaded.ts';
import { fetchPeople, session, suppress } from '../session.ts';
import { text } from '../text.ts';
import { WordsDialog } from '../words-dialog.tsx';

const HOUR_MS = 3_600_000;
const lasting = { '1': 1, '8': 8, '24': 24, '168': 168, '720': 720 } as const;
type Hours = keyof typeof lasting;

/** Keeps what a step's rule finds out of incidents: everywhere, or where the step was. */
export function SuppressDialog(props: {
  detection: Detection;
  /** What its assets and sites are called. */
  page: {
    assets: readonly { id: string; name: string }[];
    summary: { first: number; sites: readonly { id: string; name: string }[] };
  };
  zone: string;
  onClose: () => void;
}) {
  const { detection, page, onClose } = props;
  const me = session.value?.name ?? '';
  const people = useSignal<Loaded<PeopleList>>({ state: 'loading' });
  useEffect(() => {
    void load(people, fetchPeople);
  }, [people]);
  const names = people.value.state === 'there' ? people.value.value.items.map(({ name }) => name) : [];
  const [asset] = detection.assets;
  const assetName = page.assets.find(({ id }) => id === asset)?.name ?? asset;
  const [site] = page.summary.sites;
  const observables = Object.entries(detection.observables).slice(0, 6);
  const scopes = [
    ...(asset === undefined
      ? []
      : [{ value: 'asset', label: text('suppress.at', { name: assetName ?? '' }) }]),
    ...(site === undefined ? [] : [{ value: 'site', label: text('suppress.at', { name: site.name }) }]),
    ...observables.map(([name, value]) => ({
      value: `with ${name}`,
      label: text('suppress.with', { name: factName(name), value }),
    })),
    { value: 'all', label: text('suppress.everywhere') },
  ];
  const scope = useSignal(scopes[0]?.value ?? 'all');
  const owner = useSignal(me);
  const hours = useSignal<Hours>('8');
  const isEarlier = useSignal(false);
  return (
    <WordsDialog
      title={text('suppress.title', { rule: detection.rule })}
      why={text('suppress.why')}
      hint={text('suppress.hint')}
      verb={text('suppress.do')}
      onSubmit={async (words) => {
        const named = observables.find(([name]) => scope.value === `with ${name}`);
        await suppress({
          rule: detection.rule,
          text: words,
          owner: owner.value,
          until: Math.round(now.value + lasting[hours.value] * HOUR_MS),
          ...(scope.value === 'asset' && asset !== undefined ? { asset } : {}),
          ...(scope.value === 'site' && site !== undefined ? { site: site.id } : {}),
          ...(named === undefined ? {} : { observable: { name: named[0], value: named[1] } }),
          ...(isEarlier.value ? { from: Math.round(page.summary.first) } : {}),
        });
        say(text('suppress.made', { rule: detection.rule }), 'neutral', '#/suppressions');
      }}
      onClose={onClose}
    >
      <Select
        label={text('suppress.scope')}
        value={scope.value}
        options={scopes}
        onChange={(value) => {
          scope.value = value;
        }}
      />
      <div class="field-pair">
        <Select
          label={text('suppress.lasting')}
          value={hours.value}
          options={[
            { value: '1', label: text('suppress.hours', { count: 1 }) },
            { value: '8', label: text('suppress.hours', { count: 8 }) },
            { value: '24', label: text('suppress.hours', { count: 24 }) },
            { value: '168', label: text('suppress.days', { count: 7 }) },
            { value: '720', label: text('suppress.days', { count: 30 }) },
          ]}
          onChange={(value: Hours) => {
            hours.value = value;
          }}
        />
        <Select
          label={text('suppress.owner')}
          value={owner.value}
          options={[me, ...names.filter((name) => name !== me)].map((name) => ({ value: name, label: name }))}
          onChange={(value) => {
            owner.value = value;
          }}
        />
      </div>
      <Switch
        label={text('suppress.earlier')}
        on={isEarlier.value}
        onChange={(on) => {
          isEarlier.value = on;
        }}
      />
    </WordsDialog>
  );
}
