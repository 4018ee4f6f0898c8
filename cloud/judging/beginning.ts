/** Incidents of the last days as a start finds them: by all that the store holds, or by a snapshot and what came since. */
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Correlator } from '../correlation/correlator.ts';
import { habitRules, habitsReachMs } from '../correlation/habits.ts';
import { byUrgency } from '../correlation/incident.ts';
import type { Monitors } from '../monitors/monitors.ts';
import { joinable, noMore } from '../recollection.ts';
import type { Store } from '../store/store.ts';
import { type Detected, succeeded, successorsOf } from './found.ts';
import { judgedAgain } from './judged-again.ts';
import type { Snapshot } from './snapshot-file.ts';
import { Turns } from './turns.ts';

/** Detections older than this are no longer correlated with new ones; no link rule reaches as far. */
export const CORRELATED_MS = 7 * 24 * 3_600_000;
/** Detections noted, taken or told in one go. */
const AT_ONCE = 500;

export interface Beginning {
  readonly store: Store;
  readonly now: number;
  /** Both have seen nothing yet. */
  readonly monitors: Monitors;
  readonly correlator: Correlator;
  keeps(detection: Detection): boolean;
  weighed(incidents: readonly Incident[]): readonly Incident[];
}

/** Everything judged anew, bit by bit. Detections are stored already; what is found is the caller's to store. */
export async function judgedWhole(beginning: Beginning): Promise<Detected> {
  const { store, now, monitors, correlator, keeps, weighed } = beginning;
  const from = now - CORRELATED_MS;
  const { standing, surelyFrom } = await judgedAgain(store, monitors, now);
  const turns = new Turns();
  const put = new Map([...standing].filter(([, one]) => one.at >= surelyFrom(one.rule)));
  // Taken back by a monitor just before the process ended.
  const stale: Detection[] = [];
  for (const one of store.detections({ from })) {
    const { id, at, rule } = one;
    const said = put.get(id);
    if (said !== undefined && JSON.stringify(one) === JSON.stringify(said)) put.delete(id);
    if (at >= surelyFrom(rule) && monitors.judges(rule) && !standing.has(id)) stale.push(one);
    if (turns.isOver) await turns.next();
  }
  await store.append([], [...put.values()]);
  await store.withdraw(stale.map(({ id }) => id));
  for await (const some of inParts(
    store.detections({ from: from - habitsReachMs(habitRules), to: from - 1 }),
  ))
    correlator.learn(some);
  for await (const some of inParts(joinable(store, from)))
    for (const one of some) if (!keeps(one)) correlator.absorb(one);
  const changed: Incident[] = [];
  while (correlator.hasChanges) {
    for (const one of weighed(correlator.someChanges(AT_ONCE).changed)) changed.push(one);
    if (turns.isOver) await turns.next();
  }
  changed.sort(byUrgency);
  const gone = await noMore(store, changed, from);
  return { changed, gone: succeeded(store, gone, changed, successorsOf(stale, [...put.values()])) };
}

/**
 * What a snapshot knew, and then what the store was given since. The answer is what differs from the incidents that
 * the store holds. @throws Error where the snapshot's parts do not fit together; then both must be begun anew
 */
export async function goneOnWith(beginning: Beginning, snapshot: Snapshot): Promise<Detected> {
  const { store, now, monitors, correlator, weighed } = beginning;
  const reviving = correlator.revive();
  for await (const part of snapshot.parts()) reviving.take(part);
  const { standing, surelyFrom } = await judgedAgain(store, monitors, now);
  const { known, stale } = await namesOf(store, monitors, correlator, {
    from: now - CORRELATED_MS,
    standing,
    surelyFrom,
  });
  const put: Detection[] = [];
  const turns = new Turns();
  for (const one of standing.values()) {
    if (turns.isOver) await turns.next();
    if (one.at < surelyFrom(one.rule)) continue;
    if (JSON.stringify(store.detection(one.id)) !== JSON.stringify(one)) put.push(one);
  }
  const successors = successorsOf(
    stale.flatMap((id) => store.detection(id) ?? []),
    put,
  );
  await store.append([], put);
  await store.withdraw(stale);
  const since = store.changedSince(snapshot.position);
  const withdrawn = new Set(stale);
  for (const { id } of correlator.held()) {
    if (!known.has(id)) withdrawn.add(id);
    if (turns.isOver) await turns.next();
  }
  const found = new Found();
  for await (const ids of inParts([...withdrawn, ...since.detections, ...reviving.waiting])) {
    const { coming, leaving } = sortedNow(beginning, ids);
    found.add(correlator.revise(coming, leaving));
  }
  await tellAgain(correlator, since.incidents, found);
  // Told after the snapshot, and no more: its detections were taken back, or are in another one now.
  const ended = since.incidents.filter((id) => !found.changed.has(id) && correlator.retell([id]).length > 0);
  const holders: string[] = [];
  for (const id of ended) {
    const into = holderOf(store, correlator, id);
    found.gone.set(id, into === undefined ? { id } : { id, into });
    if (into !== undefined) holders.push(into);
  }
  await tellAgain(correlator, holders, found);
  // What the store has forwarded already is not to be merged once more: people may have gone on with it.
  const gone = [...found.gone.values()].filter(
    ({ id }) => store.currentIncident(id) === id && store.incident(id) !== undefined,
  );
  const all = weighed([...found.changed.values()].sort(byUrgency));
  const goes = new Set(gone.map(({ into }) => into));
  const changed = all.filter((one) => goes.has(one.id) || !isStored(store, one));
  return { changed, gone: succeeded(store, gone, all, successors) };
}

/** Incidents that were told under these names, and all else that there is to tell. */
async function tellAgain(correlator: Correlator, incidents: readonly string[], found: Found): Promise<void> {
  const turns = new Turns();
  correlator.retell(incidents);
  while (correlator.hasChanges) {
    found.add(correlator.someChanges(AT_ONCE));
    if (turns.isOver) await turns.next();
  }
}

/** What the store holds now of some detections, for the correlator to take or to let go. */
function sortedNow(
  { store, keeps }: Beginning,
  ids: readonly string[],
): { coming: Detection[]; leaving: string[] } {
  const coming: Detection[] = [];
  const leaving: string[] = [];
  for (const id of ids) {
    const detection = store.detection(id);
    if (detection === undefined || keeps(detection)) leaving.push(id);
    else coming.push(detection);
  }
  return { coming, leaving };
}

/** What the store knows by name of the time that a correlator knows of, and what monitors would no longer say. */
async function namesOf(
  store: Store,
  monitors: Monitors,
  correlator: Correlator,
  {
    from,
    standing,
    surelyFrom,
  }: { from: number; standing: ReadonlyMap<string, Detection>; surelyFrom(rule: string): number },
): Promise<{ known: Set<string>; stale: string[] }> {
  const turns = new Turns();
  let earliest = from;
  for (const { at } of correlator.held()) {
    earliest = Math.min(earliest, at);
    if (turns.isOver) await turns.next();
  }
  const known = new Set<string>();
  const stale: string[] = [];
  for (const { id, at, rule } of store.found(earliest)) {
    if (at >= from && at >= surelyFrom(rule) && monitors.judges(rule) && !standing.has(id)) stale.push(id);
    else known.add(id);
    if (turns.isOver) await turns.next();
  }
  return { known, stale };
}

/** Which incident holds now what one held. */
function holderOf(store: Store, correlator: Correlator, id: string): string | undefined {
  for (const one of store.incident(id)?.detections ?? []) {
    const [holder] = correlator.holdersOf([one]);
    if (holder !== undefined) return holder;
  }
  return undefined;
}

export const isStored = (store: Pick<Store, 'incident'>, incident: Incident): boolean =>
  JSON.stringify(store.incident(incident.id)) === JSON.stringify(incident);

async function* inParts<Thing>(things: Iterable<Thing>): AsyncGenerator<Thing[]> {
  const turns = new Turns();
  let part: Thing[] = [];
  for (const thing of things) {
    part.push(thing);
    if (part.length < AT_ONCE && !turns.isOver) continue;
    yield part;
    part = [];
    if (turns.isOver) await turns.next();
  }
  if (part.length > 0) yield part;
}

/** What was found bit by bit: of each incident the last word counts. */
class Found {
  readonly changed = new Map<string, Incident>();
  readonly gone = new Map<string, { id: string; into?: string }>();

  add({ changed, gone }: Detected): void {
    for (const one of gone) {
      this.gone.set(one.id, one);
      this.changed.delete(one.id);
    }
    for (const one of changed) {
      this.changed.set(one.id, one);
      this.gone.delete(one.id);
    }
  }
}
