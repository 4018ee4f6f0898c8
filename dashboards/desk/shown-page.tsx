/** The page that the address names: there at once, or fetched with a place held for it. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { route } from '../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../kit/states.tsx';
import { type Loaded, reasonOf } from './loaded.ts';
import type { PageProps } from './page-props.ts';
import { type Page, pageAt } from './pages.ts';
import { text } from './text.ts';

/** Pages that have been fetched: shown again without a wait. */
const fetched = new Map<string, ComponentType<PageProps>>();

export function ShownPage() {
  const [section = '', ...rest] = route.value;
  const page = pageAt(section);
  if (page === undefined)
    return (
      <EmptyState icon="search" title={text('desk.not-found')} isPage>
        {text('desk.not-found-text')}
      </EmptyState>
    );
  const There = 'page' in page.shows ? page.shows.page : fetched.get(page.section);
  return There === undefined ? (
    <FetchedPage key={page.section} page={page} rest={rest} />
  ) : (
    <There key={page.section} view={rest[0]} rest={rest} />
  );
}

function FetchedPage({ page, rest }: { page: Page; rest: readonly string[] }) {
  const state = useSignal<Loaded<ComponentType<PageProps>>>({ state: 'loading' });
  const fetch = () => {
    if ('page' in page.shows) return;
    state.value = { state: 'loading' };
    page.shows.load().then(
      (There) => {
        fetched.set(page.section, There);
        state.value = { state: 'there', value: There };
      },
      (error: unknown) => {
        state.value = { state: 'failed', ...reasonOf(error) };
      },
    );
  };
  useEffect(fetch, []);
  const now = state.value;
  if (now.state === 'failed') return <ErrorState message={now.message} onRetry={fetch} isPage />;
  if (now.state === 'loading') return <Skeleton lines={[34, 120, 120, 120]} />;
  const There = now.value;
  return <There view={rest[0]} rest={rest} />;
}
