import type { SQLInputValue } from 'node:sqlite';
import type { Clock } from '../../devices/model/clock.ts';
import { type Incident, type IncidentState, incidentState } from '../../devices/model/incident.ts';
import { optional, parsed, type Reader, type Row } from './reader.ts';
import {
  handlingAfter,
  handlingOfMerged,
  NEXT_POSITION,
  writeOfHandling,
  writesOfActivity,
  writesOfDrop,
  writesOfForward,
  writesOfIncident,
} from './rows.ts';
import type { Write } from './statements.ts';
import { type Activity, type Handling, NotInState, type Store } from './store.ts';
import type { Writer } from './writer.ts';

export interface IncidentsOptions {
  clock: Clock;
  /** Sites that an incident concerns, by the registry. */
  sitesOf(incident: Incident): readonly string[];
  /**
   * Whether what the correlator now says of a resolved incident is worth opening it again: the activity to
   * record then. Asked within the change itself, so that no kill comes between.
   * @param before detections that it held
   */
  reopening?(
    before: ReadonlySet<string>,
    after: Incident,
    detectionOf: Store['detection'],
  ): Activity | undefined;
}

/** What the correlator found, and what people made of it. */
export class Incidents {
  readonly #options: IncidentsOptions;
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #detectionOf: Store['detection'];
  /** The last change of incidents under way: what people do and what the correlator finds take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: IncidentsOptions, reader: Reader, writer: Writer, detectionOf: Store['detection']) {
    this.#options = options;
    this.#reader = reader;
    this.#writer = writer;
    this.#detectionOf = detectionOf;
  }

  putIncidents(
    changed: readonly Incident[],
    gone: readonly { id: string; into?: string }[],
    parts: readonly { id: string; of: string }[] = [],
  ): Promise<void> {
    return this.#inTurn(() => {
      const now = this.#options.clock.now();
      const joining = Map.groupBy(gone, ({ into }) => into);
      return this.#writer.write([
        NEXT_POSITION,
        ...parts.map(({ id, of }): Write => ['inheritHandling', id, of]),
        ...changed.flatMap((incident) => writesOfIncident(incident, this.#options.sitesOf(incident), now)),
        ...gone.flatMap(({ id, into }) =>
          into === undefined ? writesOfDrop(id) : writesOfForward(id, into),
        ),
        ...changed.flatMap((incident) =>
          this.#rehandled(
            incident,
            (joining.get(incident.id) ?? []).map(({ id }) => id),
          ),
        ),
      ]);
    });
  }

  /** What a changed incident takes over from those that went into it, and whether it is open again. */
  #rehandled(after: Incident, joined: readonly string[]): Write[] {
    const [first, ...others] = [after.id, ...joined].flatMap((id) => this.#ownHandling(id) ?? []);
    if (first === undefined) return [];
    const handling = joined.length === 0 ? first : handlingOfMerged(after.id, [first, ...others]);
    const merged = joined.length === 0 ? [] : [writeOfHandling(handling)];
    if (handling.state !== 'resolved' || this.#options.reopening === undefined) return merged;
    const before = new Set([after.id, ...joined].flatMap((id) => this.#ownIncident(id)?.detections ?? []));
    const activity = this.#options.reopening(before, after, this.#detectionOf);
    if (activity === undefined) return merged;
    return [...merged, ...writesOfActivity(activity, handlingAfter(handling, activity))];
  }

  /** Reads and then writes incidents, with nobody else's change in between. */
  #inTurn<Value>(change: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(change);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  currentIncident(id: string): string {
    const forwarded = this.#reader.one('SELECT target FROM incident_forward WHERE id = ?', id);
    return forwarded === undefined ? id : String(forwarded.target);
  }

  incident(id: string): Incident | undefined {
    return this.#ownIncident(this.currentIncident(id));
  }

  #ownIncident(id: string): Incident | undefined {
    return optional<Incident>(this.#reader.one('SELECT json FROM incident WHERE id = ?', id));
  }

  *incidentsSince(lastFrom: number, firstBefore = Number.MAX_SAFE_INTEGER): Iterable<Incident> {
    // The queue's rows are short.
    const rows = this.#reader.each(
      'SELECT i.json FROM queue q JOIN incident i ON i.id = q.incident WHERE q.last >= ? AND q.first < ?',
      lastFrom,
      firstBefore,
    );
    for (const { json } of rows) yield parsed<Incident>(json);
  }

  incidents(query: Parameters<Store['incidents']>[0]): { incident: Incident; handling: Handling }[] {
    const { states, site, sites, lastFrom, offset, limit } = query;
    const conditions = ['1'];
    const parameters: SQLInputValue[] = [];
    if (states !== undefined) {
      conditions.push(`h.state IN (${states.map(() => '?').join(', ')})`);
      parameters.push(...states);
    }
    if (site !== undefined) {
      conditions.push('i.id IN (SELECT incident FROM incident_site WHERE site = ?)');
      parameters.push(site);
    }
    if (sites !== undefined) {
      conditions.push(
        'i.id IN (SELECT incident FROM incident_site WHERE site IN (SELECT value FROM json_each(?)))',
      );
      parameters.push(JSON.stringify(sites));
    }
    if (lastFrom !== undefined) {
      conditions.push('i.last >= ?');
      parameters.push(lastFrom);
    }
    return this.#reader
      .all(
        `SELECT i.json, h.* FROM incident i JOIN handling h ON h.incident = i.id
       WHERE ${conditions.join(' AND ')} ORDER BY i.priority DESC, i.first DESC, i.id LIMIT ? OFFSET ?`,
        ...parameters,
        limit,
        offset,
      )
      .map((row) => ({ incident: parsed<Incident>(row.json), handling: handlingOf(row) }));
  }

  incidentCounts(site?: string | readonly string[]): Record<IncidentState, number> {
    const counts = { open: 0, acknowledged: 0, contained: 0, resolved: 0, 'false-alarm': 0 };
    const rows = this.#reader.all(
      `SELECT h.state, count(*) AS number FROM incident i JOIN handling h ON h.incident = i.id
       WHERE ?1 IS NULL
         OR i.id IN (SELECT incident FROM incident_site WHERE site IN (SELECT value FROM json_each(?1)))
       GROUP BY h.state`,
      site === undefined ? null : JSON.stringify(typeof site === 'string' ? [site] : site),
    );
    for (const { state, number } of rows) counts[incidentState.parse(state)] = Number(number);
    return counts;
  }

  handling(incident: string): Handling | undefined {
    return this.#ownHandling(this.currentIncident(incident));
  }

  #ownHandling(id: string): Handling | undefined {
    const row = this.#reader.one('SELECT * FROM handling WHERE incident = ?', id);
    return row === undefined ? undefined : handlingOf(row);
  }

  act(activity: Activity, from?: readonly IncidentState[]): Promise<Handling> {
    return this.#inTurn(async () => {
      const incident = this.currentIncident(activity.incident);
      const before = this.handling(incident);
      if (before === undefined || this.incident(incident) === undefined)
        throw new RangeError(`there is no incident ${activity.incident}`);
      if (from !== undefined && !from.includes(before.state)) throw new NotInState(before.state);
      const after = handlingAfter(before, activity);
      await this.#writer.write(writesOfActivity({ ...activity, incident }, after));
      return after;
    });
  }

  activities(incident: string): Activity[] {
    const current = this.currentIncident(incident);
    return this.#reader
      .all(
        `SELECT json FROM activity WHERE incident = ?1
       OR incident IN (SELECT id FROM incident_forward WHERE target = ?1) ORDER BY at, number`,
        current,
      )
      .map(({ json }) => parsed<Activity>(json));
  }
}

export const handlingOf = (row: Row): Handling => ({
  incident: String(row.incident),
  state: incidentState.parse(row.state),
  openedAt: Number(row.opened_at),
  ...(row.assignee === null ? {} : { assignee: String(row.assignee) }),
  ...(row.acknowledged_at === null ? {} : { acknowledgedAt: Number(row.acknowledged_at) }),
});
