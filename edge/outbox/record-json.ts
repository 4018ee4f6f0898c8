/**
 * A record as JSON. Nearly all records are observations that repeat the same few names: written by hand with the
 * names remembered, one takes half of what JSON.stringify takes, and that is the dearest part of staging a record.
 */
import type { Observation } from '../../devices/model/observation.ts';
import type { RecordBody } from '../../devices/wire.ts';

/** Names whose quoted form is remembered; a shop has hundreds of assets and devices. */
const MAX_QUOTED = 4_096;

/** Every field of an observation is written below: a new one does not compile until it is. */
type Written =
  | 'id'
  | 'kind'
  | 'site'
  | 'asset'
  | 'source'
  | 'observedAt'
  | 'receivedAt'
  | 'clock'
  | 'value'
  | 'subjects'
  | 'observables'
  | 'facts'
  | 'log';
const isWhole: Exclude<keyof Observation, Written> extends never ? true : never = true;

export class RecordJson {
  readonly #quoted = new Map<string, string>();
  #instant = 0;
  #instantText = '0';
  readonly #boot: string;

  /** @param boot the life of the process that writes them */
  constructor(boot: string) {
    this.#boot = JSON.stringify(boot);
  }

  /** The JSON of an UplinkRecord. @param bootMs whole milliseconds since the life began */
  of(sequence: number, after: number, at: number, bootMs: number, body: RecordBody): string {
    const text =
      isWhole && body.type === 'observation'
        ? `{"type":"observation","observation":${this.#observation(body.observation)}}`
        : JSON.stringify(body);
    return `{"sequence":${sequence},"after":${after},"at":${this.#at(at)},"boot":${this.#boot},"bootMs":${bootMs},"body":${text}}`;
  }

  #observation(observation: Observation): string {
    const { id, kind, site, asset, source, observedAt, receivedAt, clock } = observation;
    const { value, subjects, observables, facts, log } = observation;
    let json =
      `{"id":"${id}","kind":"${kind}","site":${this.#quote(site)},"asset":${this.#quote(asset)},` +
      `"source":${this.#quote(source)},"observedAt":${this.#at(observedAt)},` +
      `"receivedAt":${this.#at(receivedAt)},"clock":"${clock}"`;
    if (value !== undefined) json += `,"value":${Number.isFinite(value) ? value : null}`;
    if (subjects !== undefined) json += `,"subjects":${JSON.stringify(subjects)}`;
    if (observables !== undefined) json += `,"observables":${JSON.stringify(observables)}`;
    if (facts !== undefined) json += `,"facts":${JSON.stringify(facts)}`;
    if (log !== undefined) json += `,"log":${JSON.stringify(log)}`;
    return `${json}}`;
  }

  #quote(name: string): string {
    const remembered = this.#quoted.get(name);
    if (remembered !== undefined) return remembered;
    const quoted = JSON.stringify(name);
    if (this.#quoted.size >= MAX_QUOTED) this.#quoted.clear();
    this.#quoted.set(name, quoted);
    return quoted;
  }

  /** The times of one record are mostly the same. */
  #at(instant: number): string {
    if (instant !== this.#instant) {
      this.#instant = instant;
      this.#instantText = String(instant);
    }
    return this.#instantText;
  }
}
