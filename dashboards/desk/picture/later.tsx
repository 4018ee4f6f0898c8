/** Parts of the picture that are fetched after its first paint: the map, the time slider. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Skeleton } from '../../kit/states.tsx';

/** What has been fetched is there at once the next time. */
const fetched = new Map<string, ComponentType<never>>();

/**
 * A component whose code comes when the page has been painted and has nothing else to do; until then its place is
 * held. Where it can't be had nothing is shown: the rest of the picture does without.
 * @param height of its place, px
 */
export function Later<Props extends object>(props: {
  name: string;
  load: () => Promise<ComponentType<Props>>;
  props: Props;
  height: number;
}) {
  const state = useSignal<'waiting' | 'there' | 'failed'>(fetched.has(props.name) ? 'there' : 'waiting');
  useEffect(() => {
    if (state.value === 'there') return;
    let isWanted = true;
    const soon = setTimeout(() => {
      props.load().then(
        (There) => {
          fetched.set(props.name, There as ComponentType<never>);
          if (isWanted) state.value = 'there';
        },
        (error: unknown) => {
          console.warn(error);
          if (isWanted) state.value = 'failed';
        },
      );
    }, AFTER_PAINT_MS);
    return () => {
      isWanted = false;
      clearTimeout(soon);
    };
  }, []);
  if (state.value === 'failed') return null;
  const There =
    state.value === 'there' ? (fetched.get(props.name) as ComponentType<Props> | undefined) : undefined;
  return There === undefined ? <Skeleton lines={[props.height]} /> : <There {...props.props} />;
}

/** The picture's own parts are on the screen by then. */
const AFTER_PAINT_MS = 60;
