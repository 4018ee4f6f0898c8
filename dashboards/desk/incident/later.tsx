/** Parts of the incident's page that come after the first look, each fetched by itself. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';

/** Shows a part once it is there, and nothing until then or where it can't be had. */
export function Later<Props extends object>(props: {
  load: () => Promise<ComponentType<Props>>;
  with: Props;
}) {
  const there = useSignal<{ Part: ComponentType<Props> } | undefined>(undefined);
  useEffect(() => {
    props.load().then(
      (Part) => {
        there.value = { Part };
      },
      () => undefined,
    );
  }, []);
  if (there.value === undefined) return null;
  const { Part } = there.value;
  return <Part {...props.with} />;
}
