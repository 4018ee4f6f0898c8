import './assets.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { AssetMap, MappedDependency } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { go } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import type { PageProps } from '../page-props.ts';
import { map as held, loadMap, mayEdit, type Wanted, wanted } from './asset-data.ts';
import { AssetDetails } from './asset-details.tsx';
import { AssetGraph } from './asset-graph.tsx';
import { kindName } from './asset-words.ts';
import { AssetDialog, NeedDialog, PersonDialog } from './edit-dialogs.tsx';
import { layoutOf } from './graph-layout.ts';
import { WaitingList } from './waiting-list.tsx';
import { words } from './words.ts';

const views = ['map', 'people', 'waiting'] as const;
type View = (typeof views)[number];
/** What is being judged anew is asked for again so often, in real time. */
const ASK_AGAIN_MS = 3_000;

type Editing =
  | { what: 'asset'; id: string | undefined }
  | { what: 'person'; id: string | undefined }
  | { what: 'need'; of: string; need: MappedDependency | undefined };

/** Assets, people and what they need: seen, searched and edited. `#/assets/map/<asset>` opens one. */
export function AssetsPage({ view: named, rest }: PageProps) {
  const view: View = views.find((one) => one === named) ?? 'map';
  const editing = useSignal<Editing | undefined>(undefined);
  useEffect(() => void loadMap(), []);
  const state = held.value;
  const map = state.state === 'there' ? state.value : undefined;
  const isJudging = map?.judgingSince !== undefined;
  useEffect(() => {
    if (!isJudging) return;
    const timer = setInterval(() => void loadMap(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isJudging]);
  const site = wanted.value.site ?? map?.sites[0]?.id;
  const close = () => {
    editing.value = undefined;
  };
  return (
    <section class="assets" aria-labelledby="assets-title">
      <header class="assets-header">
        <div>
          <h1 id="assets-title">{words('title')}</h1>
          <p class="faint">{words('about')}</p>
        </div>
        {mayEdit() && map !== undefined ? (
          <div class="assets-actions">
            {view === 'people' ? (
              <Button
                icon="plus"
                onClick={() => {
                  editing.value = { what: 'person', id: undefined };
                }}
              >
                {words('add.person')}
              </Button>
            ) : (
              <Button
                icon="plus"
                onClick={() => {
                  editing.value = { what: 'asset', id: undefined };
                }}
              >
                {words('add.asset')}
              </Button>
            )}
          </div>
        ) : null}
      </header>
      <Tabs
        label={words('view.label')}
        chosen={view}
        onChoose={(one) => go('assets', one)}
        choices={views.map((name) => ({
          name,
          label: words(`view.${name}`),
          count: name === 'waiting' ? map?.waiting.length : undefined,
        }))}
      />
      {isJudging ? (
        <p class="assets-notice" role="status">
          <Icon name="clock" size={16} /> {words('waiting.judging')}
        </p>
      ) : null}
      {map !== undefined && map.leftOut > 0 ? (
        <p class="assets-notice">
          <Icon name="warning" size={16} /> {words('waiting.left-out', { count: map.leftOut })}
        </p>
      ) : null}
      {state.state === 'loading' ? (
        <Skeleton lines={[40, 420]} />
      ) : state.state === 'failed' ? (
        <ErrorState message={state.message} onRetry={() => void loadMap()} />
      ) : view === 'waiting' ? (
        <WaitingList map={state.value} />
      ) : view === 'people' ? (
        <People
          map={state.value}
          onEdit={(id) => {
            editing.value = { what: 'person', id };
          }}
        />
      ) : (
        <MapView
          map={state.value}
          site={site}
          chosen={rest[1]}
          onEdit={(one) => {
            editing.value = one;
          }}
        />
      )}
      {map === undefined || editing.value === undefined ? null : editing.value.what === 'asset' ? (
        <AssetDialog map={map} id={editing.value.id} site={site ?? ''} onClose={close} />
      ) : editing.value.what === 'person' ? (
        <PersonDialog map={map} id={editing.value.id} onClose={close} />
      ) : (
        <NeedDialog map={map} of={editing.value.of} need={editing.value.need} onClose={close} />
      )}
    </section>
  );
}

const only = ['all', 'threatened', 'incidents', 'critical'] as const;

function MapView(props: {
  map: AssetMap;
  site: string | undefined;
  chosen: string | undefined;
  onEdit: (editing: Editing) => void;
}) {
  const { map, chosen } = props;
  const asked = wanted.value;
  const chosenAsset = map.assets.find(({ id }) => id === chosen);
  // Whoever follows a link to an asset comes to its site.
  const site =
    asked.site === undefined && chosenAsset?.site !== undefined ? chosenAsset.site : (props.site ?? '');
  const layout = useMemo(
    () => layoutOf(map, { ...asked, site }),
    [map, site, asked.zone, asked.kind, asked.only],
  );
  const find = asked.find.trim().toLowerCase();
  const found =
    find === ''
      ? undefined
      : new Set(
          map.assets
            .filter(({ id, name, kind, threats }) =>
              [id, name, kindName(kind), ...threats].some((one) => one.toLowerCase().includes(find)),
            )
            .map(({ id }) => id),
        );
  const want = (change: Partial<Wanted>) => {
    wanted.value = { ...wanted.value, ...change };
  };
  const here = map.sites.find(({ id }) => id === site);
  const kinds = [...new Set(map.assets.filter((one) => one.site === site).map(({ kind }) => kind))].sort();
  const choose = (id: string | undefined) =>
    id === undefined ? go('assets', 'map') : go('assets', 'map', id);
  return (
    <>
      <div class="assets-filters">
        <Select
          label={words('filter.site')}
          value={site}
          options={map.sites.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(value) => {
            want({ site: value, zone: '', kind: '' });
            choose(undefined);
          }}
        />
        <Select
          label={words('filter.zone')}
          value={asked.zone}
          options={[
            { value: '', label: words('filter.all-zones') },
            ...(here?.zones ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(zone) => want({ zone })}
        />
        <Select
          label={words('filter.kind')}
          value={asked.kind}
          options={[
            { value: '', label: words('filter.all-kinds') },
            ...kinds.map((kind) => ({ value: kind, label: kindName(kind) })),
          ]}
          onChange={(kind) => want({ kind })}
        />
        <Select
          label={words('filter.only')}
          value={asked.only}
          options={only.map((value) => ({ value, label: words(`only.${value}`) }))}
          onChange={(value) => want({ only: value })}
        />
        <TextField
          label={words('find')}
          value={asked.find}
          autoComplete="off"
          onInput={(value) => want({ find: value })}
        />
      </div>
      <div class={`assets-body${chosenAsset === undefined ? '' : ' assets-body-split'}`}>
        <div class="assets-stage">
          {layout.nodes.length === 0 ? (
            <EmptyState icon="search" title={words('map.none')}>
              {words('map.none-text')}
            </EmptyState>
          ) : (
            <AssetGraph
              layout={layout}
              site={here?.name ?? site}
              chosen={chosen}
              found={found}
              onChoose={choose}
            />
          )}
          <Legend />
        </div>
        {chosenAsset === undefined ? null : (
          <AssetDetails
            map={map}
            asset={chosenAsset}
            onClose={() => choose(undefined)}
            onChoose={choose}
            onEdit={() => props.onEdit({ what: 'asset', id: chosenAsset.id })}
            onNeed={(need) => props.onEdit({ what: 'need', of: chosenAsset.id, need })}
          />
        )}
      </div>
    </>
  );
}

function Legend() {
  return (
    <ul class="assets-legend" aria-label={words('legend.label')}>
      <li>
        <Icon name="severity-high" size={14} /> {words('legend.incident')}
      </li>
      <li>
        <Icon name="warning" size={14} /> {words('legend.threat')}
      </li>
      <li>
        <span class="legend-dots" aria-hidden="true">
          ●●●
        </span>{' '}
        {words('legend.critical')}
      </li>
      <li>
        <span class="legend-waits" aria-hidden="true" /> {words('legend.waiting')}
      </li>
      <li class="legend-help">{words('map.help')}</li>
    </ul>
  );
}

function People({ map, onEdit }: { map: AssetMap; onEdit: (id: string) => void }) {
  const find = wanted.value.find.trim().toLowerCase();
  const nameOf = (id: string) => map.sites.find((one) => one.id === id)?.name ?? id;
  const found = map.people.filter(
    ({ id, name }) => find === '' || id.includes(find) || name.toLowerCase().includes(find),
  );
  return (
    <>
      <div class="assets-filters">
        <TextField
          label={words('find')}
          value={wanted.value.find}
          autoComplete="off"
          onInput={(value) => {
            wanted.value = { ...wanted.value, find: value };
          }}
        />
      </div>
      {found.length === 0 ? (
        <EmptyState icon="person" title={words('people.none')}>
          {words('people.none-text')}
        </EmptyState>
      ) : (
        <Card flush>
          <ul class="people-rows">
            {found.map(({ id, name, kind, sites, waiting }) => (
              <li key={id}>
                <Icon name="person" size={18} />
                <div class="waiting-main">
                  <span class="waiting-name">{name}</span>
                  <span class="faint">{[words(`person.${kind}`), ...sites.map(nameOf)].join(' · ')}</span>
                </div>
                {waiting === undefined ? null : (
                  <span class="faint">{words(`waiting.change.${waiting}`)}</span>
                )}
                {mayEdit() ? (
                  <Button size="small" label={words('edit.person', { name })} onClick={() => onEdit(id)}>
                    {words('panel.edit')}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}
