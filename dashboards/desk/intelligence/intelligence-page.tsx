import './intelligence.css';
import { go } from '../../kit/route.ts';
import { Tabs } from '../../kit/tabs.tsx';
import type { PageProps } from '../page-props.ts';
import { session } from '../session.ts';
import { Indicators } from './indicators.tsx';
import { Feeds, Relevance } from './relevance.tsx';
import { mayPropose } from './requests.ts';
import { Sharing } from './sharing.tsx';
import { words } from './words.ts';

const views = ['relevance', 'indicators', 'feeds', 'sharing'] as const;
type View = (typeof views)[number];

/** What is known of threats, what of it touched us, and what partners are told. */
export function IntelligencePage({ view: named }: PageProps) {
  const maySee = mayPropose() || session.value?.role === 'auditor';
  const shown = views.filter((one) => one !== 'sharing' || maySee);
  const view: View = shown.find((one) => one === named) ?? 'relevance';
  return (
    <section class="intel" aria-labelledby="intel-title">
      <header class="intel-header">
        <h1 id="intel-title">{words('title')}</h1>
        <p class="intel-about">{words('about')}</p>
      </header>
      <Tabs
        label={words('view.label')}
        chosen={view}
        onChoose={(one) => go('intelligence', one)}
        choices={shown.map((name) => ({ name, label: words(`view.${name}`) }))}
      />
      {view === 'relevance' ? (
        <Relevance />
      ) : view === 'indicators' ? (
        <Indicators />
      ) : view === 'feeds' ? (
        <Feeds />
      ) : (
        <Sharing />
      )}
    </section>
  );
}
