/** What fails next, fetched only where it is shown: an incident's page imports this and nothing else of the cascades. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Skeleton } from '../../kit/states.tsx';

type Props = { incident: string; stamp?: string | number };

export function NextFailures(props: Props) {
  const shown = useSignal<{ There: ComponentType<Props> } | undefined>(undefined);
  useEffect(() => {
    // Where it can't be fetched the page goes on without it; the skeleton says that something is missing.
    void import('./next-failures.tsx').then(
      ({ NextFailures: There }) => {
        shown.value = { There };
      },
      () => undefined,
    );
  }, []);
  if (shown.value === undefined) return <Skeleton lines={[120]} />;
  const { There } = shown.value;
  return <There {...props} />;
}
