/** Which moment the picture shows: now, or one of the last days. */
import { computed, signal } from '@preact/signals';
import type { SituationalPicture } from '../../../cloud/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { picture } from '../live/desk-state.ts';
import type { Loaded } from '../loaded.ts';

/** Set while somebody looks back. `shown` is the last answer: while the next is on its way, it stays. */
export const past = signal<{ at: number; shown?: SituationalPicture } | undefined>(undefined);

/** What every part of the picture page shows. */
export const shownPicture = computed<Loaded<SituationalPicture>>(() => {
  const shown = past.value?.shown;
  return shown === undefined ? picture.value : { state: 'there', value: shown };
});

/** The moment that is shown: what ages are counted from. */
export const shownAt = computed(() => past.value?.shown?.asOf ?? now.value);

const NEVER: Readonly<Record<string, number>> = {};
const supervision = computed(() =>
  shownPicture.value.state === 'there' ? (shownPicture.value.value.supervisionMs ?? NEVER) : NEVER,
);

/** Whether a datum is older than its supervision interval allows. */
export function isStale({ property, seenAt }: { property: string; seenAt: number }): boolean {
  const longest = supervision.value[property] ?? supervision.value['*'];
  return longest !== undefined && shownAt.value - seenAt > longest;
}
