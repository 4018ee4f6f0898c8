import './alerting.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AlertingPage as Page } from '../../../cloud/api/contract.ts';
import { go } from '../../kit/route.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { type Loaded, load } from '../loaded.ts';
import type { PageProps } from '../page-props.ts';
import { Chains } from './chains.tsx';
import { Mine } from './mine.tsx';
import { fetchAlerting } from './requests.ts';
import { Sent } from './sent.tsx';
import { words } from './words.ts';

const views = ['mine', 'chains', 'sent'] as const;
type View = (typeof views)[number];

/** How one is told, who is called next, and what was said. */
export function AlertingPage({ view: named }: PageProps) {
  const view: View = views.find((one) => one === named) ?? 'mine';
  const held = useSignal<Loaded<Page>>({ state: 'loading' });
  const ask = () => void load(held, fetchAlerting);
  useEffect(ask, []);
  const page = held.value;
  const changed = (value: Page) => {
    held.value = { state: 'there', value };
  };
  return (
    <div class="alerting">
      <header class="page-header">
        <h1>{words('title')}</h1>
        <p class="soft">{words('about')}</p>
      </header>
      <Tabs
        label={words('view.name')}
        choices={views.map((name) => ({ name, label: words(`view.${name}`) }))}
        chosen={view}
        onChoose={(name) => go('alerts', name)}
      />
      {view === 'sent' ? (
        <Sent />
      ) : page.state === 'loading' ? (
        <Skeleton lines={[220, 140]} />
      ) : page.state === 'failed' ? (
        <ErrorState message={page.message} onRetry={ask} />
      ) : view === 'chains' ? (
        <Chains page={page.value} onChanged={changed} />
      ) : (
        <Mine page={page.value} onChanged={changed} />
      )}
    </div>
  );
}
