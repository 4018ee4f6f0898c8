import './registry.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LearnedName, RegistryPage as Page } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { go } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { text } from '../text.ts';
import { DiscoveredList } from './discovered-list.tsx';
import { ExportMenu } from './export-menu.tsx';
import { ImportDialog } from './import-dialog.tsx';
import {
  discovered,
  loadDiscovered,
  loadRegistry,
  loadSuggestions,
  mayExport,
  mayImport,
  registry,
  showMore,
  wanted,
} from './registry-data.ts';
import { SuggestionList } from './suggestion-list.tsx';

const views = ['people', 'assets', 'suggestions', 'discovered'] as const;
type View = (typeof views)[number];
/** Typing goes on for a moment before it is searched. */
const SEARCH_AFTER_MS = 200;

/** Who and what there is, what belongs together, what was heard and is unknown. */
export function RegistryPage({ view: named }: { view: string | undefined }) {
  const view: View = views.find((one) => one === named) ?? 'people';
  const isImporting = useSignal(false);
  useEffect(() => {
    void loadRegistry();
    void loadSuggestions();
    void loadDiscovered();
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => void loadRegistry(), SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [wanted.value]);
  const held = registry.value;
  const page = held.state === 'there' ? held.value : undefined;
  const isHeard = discovered.value.state === 'there' ? discovered.value.value.items.length : page?.discovered;
  const counts: Record<View, number | undefined> = {
    people: page?.people.total,
    assets: page?.assets.total,
    suggestions: page?.suggestions,
    discovered: isHeard,
  };
  return (
    <section class="registry" aria-labelledby="registry-title">
      <header class="registry-header">
        <h1 id="registry-title">{text('desk.registry')}</h1>
        <div class="registry-actions">
          {mayExport() ? <ExportMenu /> : null}
          {mayImport() ? (
            <Button
              onClick={() => {
                isImporting.value = true;
              }}
            >
              {text('registry.import')}
            </Button>
          ) : null}
        </div>
      </header>
      <Tabs
        label={text('registry.view')}
        chosen={view}
        onChoose={(one) => go('registry', one)}
        choices={views.map((name) => ({
          name,
          label: text(`registry.${name}`),
          count: counts[name],
        }))}
      />
      {page === undefined || page.waiting.changes.length === 0 ? null : (
        <p class="registry-waiting">
          <Icon name="clock" size={16} />
          {text('registry.waiting', { count: page.waiting.changes.length + page.waiting.more })}
        </p>
      )}
      {view === 'suggestions' ? (
        <SuggestionList />
      ) : view === 'discovered' ? (
        <DiscoveredList />
      ) : (
        <>
          <div class="registry-find">
            <TextField
              label={text('registry.find')}
              value={wanted.value}
              autoComplete="off"
              onInput={(value) => {
                wanted.value = value;
              }}
            />
          </div>
          {held.state === 'loading' ? (
            <Skeleton lines={[56, 56, 56, 56]} />
          ) : held.state === 'failed' ? (
            <ErrorState message={held.message} onRetry={() => void loadRegistry()} />
          ) : view === 'people' ? (
            <People people={held.value.people} />
          ) : (
            <Assets assets={held.value.assets} />
          )}
        </>
      )}
      {isImporting.value ? (
        <ImportDialog
          onClose={() => {
            isImporting.value = false;
          }}
        />
      ) : null}
    </section>
  );
}

function Nothing() {
  return (
    <EmptyState icon="search" title={text('registry.nothing')}>
      {text('registry.nothing-text')}
    </EmptyState>
  );
}

function End({ of, total }: { of: number; total: number }) {
  return (
    <footer class="registry-end">
      <span class="faint">{text('registry.shown', { shown: of, total })}</span>
      {of < total && of < 200 ? (
        <Button size="small" onClick={showMore}>
          {text('registry.more')}
        </Button>
      ) : null}
    </footer>
  );
}

function People({ people }: { people: Page['people'] }) {
  if (people.items.length === 0) return <Nothing />;
  return (
    <Card flush>
      <ul class="registry-rows">
        {people.items.map((person) => (
          <li class="registry-row" key={person.id}>
            <Icon name="person" size={18} />
            <div class="registry-main">
              <span class="registry-name">{person.name}</span>
              <span class="registry-about">
                {[text(`person.${personKind(person.kind)}`), ...person.sites].join(' · ')}
              </span>
            </div>
            <Names badges={person.badges} accounts={person.accounts} learned={person.learned} />
          </li>
        ))}
      </ul>
      <End of={people.items.length} total={people.total} />
    </Card>
  );
}

const personKinds = ['staff', 'courier', 'customer', 'contractor', 'service'] as const;
const personKind = (kind: string) => personKinds.find((one) => one === kind) ?? 'staff';

function Names(props: { badges: string[]; accounts: string[]; learned: LearnedName[] }) {
  return (
    <div class="registry-names">
      {props.badges.map((badge) => (
        <Chip key={`b${badge}`} icon="badge">
          {badge}
        </Chip>
      ))}
      {props.accounts.map((account) => (
        <Chip key={`a${account}`} icon="account">
          {account}
        </Chip>
      ))}
      {props.learned.map((one) => (
        <Learned key={one.id} one={one} />
      ))}
    </div>
  );
}

function Learned({ one }: { one: LearnedName }) {
  const how = one.state === 'accepted' ? text('registry.accepted-chip') : text('registry.inferred-chip');
  return (
    <Chip icon="link" tone={one.state === 'accepted' ? 'accent' : 'neutral'} title={one.words}>
      {one.name} <span class="faint">{how}</span>
    </Chip>
  );
}

function Assets({ assets }: { assets: Page['assets'] }) {
  if (assets.items.length === 0) return <Nothing />;
  return (
    <Card flush>
      <ul class="registry-rows">
        {assets.items.map((asset) => (
          <li class="registry-row" key={asset.id}>
            <Icon name={asset.kind} size={18} />
            <div class="registry-main">
              <span class="registry-name">{asset.name}</span>
              <span class="registry-about">
                {[
                  text(`kind.${asset.kind}`),
                  asset.site,
                  ...(asset.zone === undefined ? [] : [asset.zone]),
                ].join(' · ')}
              </span>
            </div>
            <div class="registry-names">
              {asset.addresses.map((one) => (
                <Chip key={one} icon="network">
                  {one}
                </Chip>
              ))}
              {asset.user === undefined ? null : <Chip icon="person">{asset.user}</Chip>}
              {asset.learned.map((one) => (
                <Learned key={one.id} one={one} />
              ))}
            </div>
          </li>
        ))}
      </ul>
      <End of={assets.items.length} total={assets.total} />
    </Card>
  );
}
