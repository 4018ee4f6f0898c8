/** What the store tells the detector at a start of what was found in former lives. */
import type { Detection } from '../devices/model/detection.ts';
import type { Incident } from '../devices/model/incident.ts';
import { largestWindowMs, linkRules } from './correlation/link-rules.ts';
import { Turns } from './judging/turns.ts';
import type { StoreReading } from './store/reading.ts';
import type { Store } from './store/store.ts';

/** What is read of a store to know what new detections may join. */
export type Recollected = Pick<StoreReading, 'detections' | 'detection' | 'incidentsSince'>;

/** The same with what people decided. */
export type RecollectedWhole = Recollected & Pick<StoreReading, 'rulings' | 'suppressions' | 'switches'>;

/** What was quiet for longer can't be joined by anything from then on. */
const earliestLast = (from: number): number => from - largestWindowMs(linkRules);

/** Detections that new ones may still join: the recent ones, and all of the incidents that reach into their time. */
export function* joinable(store: Recollected, from: number): Generator<Detection> {
  yield* joinableEarlier(store, from);
  yield* store.detections({ from });
}

/** Of those only what is older, for the incidents that reach into that time. */
function* joinableEarlier(store: Recollected, from: number): Generator<Detection> {
  for (const { detections } of store.incidentsSince(earliestLast(from), from)) {
    for (const id of detections) {
      const detection = store.detection(id);
      if (detection !== undefined && detection.at < from) yield detection;
    }
  }
}

/** Incidents of the store that are not there any more: their detections were judged anew in a former life. */
export async function noMore(
  store: Store,
  current: readonly Incident[],
  from: number,
): Promise<{ id: string; into?: string }[]> {
  const turns = new Turns();
  const holderOf = new Map<string, string>();
  const ids = new Set<string>();
  for (const { id, detections } of current) {
    ids.add(id);
    for (const one of detections) holderOf.set(one, id);
    if (turns.isOver) await turns.next();
  }
  const gone: { id: string; into?: string }[] = [];
  for (const { id, detections } of store.incidentsSince(earliestLast(from))) {
    if (turns.isOver) await turns.next();
    if (ids.has(id)) continue;
    const into = detections.map((one) => holderOf.get(one)).find((holder) => holder !== undefined);
    gone.push(into === undefined ? { id } : { id, into });
  }
  return gone;
}
