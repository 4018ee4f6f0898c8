import type { SQLInputValue } from 'node:sqlite';
import { type Severity, severities, severityRank } from '../../devices/model/detection.ts';
import type { Incident, IncidentState } from '../../devices/model/incident.ts';
import { handlingOf } from './incidents.ts';
import { parsed, type Reader } from './reader.ts';
import type { Handling } from './store.ts';

/** Where a page of the queue ended: the next goes on behind it, whatever came or went before. */
export interface QueuePlace {
  priority: number;
  first: number;
  incident: string;
}

/** What of the queue is wanted. What is not said is not asked for. */
export interface QueueQuery {
  states?: readonly IncidentState[];
  /** At least so severe. */
  severity?: Severity;
  /** Of one of these sites. An incident of no site is of none. */
  sites?: readonly string[];
  /** One of its first detections is of one of these rules. */
  rules?: readonly string[];
  /** Empty: of nobody. */
  assignee?: string;
  /** The first detection is no younger; the last is no older. */
  firstUntil?: number;
  lastFrom?: number;
  /** Part of its title, or of its id. */
  text?: string;
  after?: QueuePlace;
  /** Passed over, where no place is known. */
  offset?: number;
  limit: number;
}

const closed: readonly IncidentState[] = ['resolved', 'false-alarm'];

/** The queue as the desk asks for it: each page is a walk along an index from where the last one ended. */
export class Queue {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Most urgent first; of equals the newest. */
  page(query: QueueQuery): { incident: Incident; handling: Handling }[] {
    const { where, parameters } = conditionsOf(query);
    const { after, offset = 0, limit } = query;
    if (after !== undefined) {
      where.push('(-q.priority, -q.first, q.incident) > (?, ?, ?)', 'q.priority <= ?');
      parameters.push(-after.priority, -after.first, after.incident, after.priority);
    }
    return this.#reader
      .all(
        `SELECT i.json, h.* FROM (SELECT q.incident AS one, q.priority, q.first FROM queue q
           WHERE ${where.join(' AND ')} ORDER BY q.priority DESC, q.first DESC, q.incident LIMIT ? OFFSET ?) AS page
         JOIN incident i ON i.id = page.one JOIN handling h ON h.incident = page.one
         ORDER BY page.priority DESC, page.first DESC, page.one`,
        ...parameters,
        limit,
        offset,
      )
      .map((row) => ({ incident: parsed<Incident>(row.json), handling: handlingOf(row) }));
  }

  /** How many there are, of all pages. */
  count(query: Omit<QueueQuery, 'limit' | 'after' | 'offset'>): number {
    const { where, parameters } = conditionsOf(query);
    const sql = `SELECT count(*) AS number FROM queue q WHERE ${where.join(' AND ')}`;
    return Number(this.#reader.one(sql, ...parameters)?.number ?? 0);
  }

  /** How many are in each state; at some sites only where they are named. */
  counts(sites?: readonly string[]): Record<IncidentState, number> {
    const counts = { open: 0, acknowledged: 0, contained: 0, resolved: 0, 'false-alarm': 0 };
    const rows =
      sites === undefined
        ? this.#reader.all('SELECT state, number FROM queue_tally')
        : this.#reader.all(
            `SELECT state, count(*) AS number FROM queue WHERE incident IN
               (SELECT incident FROM incident_site WHERE site IN (SELECT value FROM json_each(?))) GROUP BY state`,
            JSON.stringify(sites),
          );
    for (const { state, number } of rows) counts[String(state) as IncidentState] = Number(number);
    return counts;
  }

  /** Every rule that incidents rest on. */
  rules(): string[] {
    // One step along the index for each rule, not one for each incident.
    return this.#reader
      .all(
        `WITH RECURSIVE known(rule) AS (SELECT min(rule) FROM incident_rule UNION ALL
           SELECT (SELECT min(rule) FROM incident_rule WHERE rule > known.rule) FROM known WHERE known.rule IS NOT NULL)
         SELECT rule FROM known WHERE rule IS NOT NULL`,
      )
      .map(({ rule }) => String(rule));
  }

  /** The newest incidents that share most rules with some, themselves left out. */
  sharing(rules: readonly string[], but: string, limit: number): string[] {
    return this.#reader
      .all(
        `SELECT r.incident, count(*) AS shared FROM incident_rule r
         WHERE r.rule IN (SELECT value FROM json_each(?)) AND r.incident <> ?
         GROUP BY r.incident
         ORDER BY shared DESC, (SELECT last FROM queue WHERE incident = r.incident) DESC LIMIT ?`,
        JSON.stringify(rules),
        but,
        limit,
      )
      .map(({ incident }) => String(incident));
  }
}

function conditionsOf(query: Omit<QueueQuery, 'limit'>): { where: string[]; parameters: SQLInputValue[] } {
  const { states, severity, sites, rules, assignee, firstUntil, lastFrom, text } = query;
  const where = ['1'];
  const parameters: SQLInputValue[] = [];
  const add = (condition: string, ...values: SQLInputValue[]) => {
    where.push(condition);
    parameters.push(...values);
  };
  if (states !== undefined) {
    const isActive = (state: IncidentState) => !closed.includes(state);
    if (states.every(isActive)) add('q.active = 1');
    else if (!states.some(isActive)) add('q.active = 0');
    add('q.state IN (SELECT value FROM json_each(?))', JSON.stringify(states));
  }
  if (severity !== undefined && severity !== 'info')
    add(
      'q.severity IN (SELECT value FROM json_each(?))',
      JSON.stringify(severities.filter((one) => severityRank(one) >= severityRank(severity))),
    );
  if (sites !== undefined)
    add(
      'EXISTS (SELECT 1 FROM incident_site s WHERE s.incident = q.incident AND s.site IN (SELECT value FROM json_each(?)))',
      JSON.stringify(sites),
    );
  if (rules !== undefined)
    add(
      'EXISTS (SELECT 1 FROM incident_rule r WHERE r.incident = q.incident AND r.rule IN (SELECT value FROM json_each(?)))',
      JSON.stringify(rules),
    );
  if (assignee === '') add('q.assignee IS NULL');
  else if (assignee !== undefined) add('q.assignee = ?', assignee);
  if (firstUntil !== undefined) add('q.first <= ?', firstUntil);
  if (lastFrom !== undefined) add('q.last >= ?', lastFrom);
  if (text !== undefined && text !== '')
    add('(instr(lower(q.title), ?) > 0 OR q.incident = ?)', text.toLowerCase(), text);
  return { where, parameters };
}
