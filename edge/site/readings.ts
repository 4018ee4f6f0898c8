/** What a reading of one device means here: a fact that is known from now on, and an observation where it is news. */
import type { ClockQuality } from '../../devices/model/clock.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type {
  MeasurementReading,
  MomentReading,
  PositionReading,
  StateReading,
} from '../../devices/profiles/profile.ts';
import { type MoveInstants, moved } from '../clock/move-instants.ts';
import { corrected, probeCalibrationOf } from '../cold-chain/calibration.ts';
import { type Assignment, assetFor, assetOf, declaredOf, doorOf, propertyOf } from './assignments.ts';
import type { Device } from './device.ts';
import type { Facts, KnownMeasurement, KnownState } from './facts.ts';
import { measurementKey, stateKey } from './kept.ts';
import { batteryStateAt, measured, type Property, properties, toldFrom, translated } from './properties.ts';
import { AllWhereabouts, placeIn } from './whereabouts.ts';

/** The same value again within this is no observation: a sensor that repeats itself each second is thinned. */
export const IDENTICAL_WITHIN_MS = 5 * 60_000;
/** What a sensor last measured is written to disk this often at most; each observation is in the outbox anyway. */
export const MEASUREMENT_KEPT_EVERY_MS = 10_000;

/** An observation before the outbox has given it its id. */
export type NewObservation = Omit<Observation, 'id'>;

export interface Applied {
  observations: NewObservation[];
  /** The device has sent this message before. */
  duplicate: boolean;
  /** What the device has just said of its states, changed or not: confirms commands. Never from a retained message. */
  reported: { asset: string; property: Property; value: string }[];
  /** Codes typed at a keypad: for the panel alone, never an observation. */
  codes: { reader: string; code: string; at: number }[];
}

/** When something happened and when it was heard. */
export interface Times {
  observedAt: number;
  receivedAt: number;
  clock: ClockQuality;
}

export interface ReadingsParts {
  siteId: string;
  registry: Registry;
  facts: Facts;
  keep(key: string, value: unknown): void;
}

/** What a moment is where its part has been given no other meaning. */
const momentKinds: Readonly<Partial<Record<MomentReading['moment'], ObservationKind>>> = {
  'badge-presented': 'badge.presented',
  'item-scanned': 'item.scanned',
  'object-detected': 'object.detected',
  'line-crossed': 'line.crossed',
  'login-failed': 'camera.login-failed',
  restarted: 'camera.restarted',
  replaced: 'camera.replaced',
  duress: 'duress.signalled',
};

export class Readings {
  readonly #parts: ReadingsParts;
  readonly #whereabouts = new AllWhereabouts();

  constructor(parts: ReadingsParts) {
    this.#parts = parts;
  }

  /** Where a state has changed, an edge; the same word again confirms commands only. */
  state(entry: Assignment, told: StateReading, retained: boolean, times: Times, result: Applied): void {
    const { device } = entry;
    const { part } = told;
    const asset = told.property === 'online' ? undefined : assetFor(entry, part, told.property);
    if (asset === undefined) return;
    const as = propertyOf(entry, part, told.property, this.#parts.registry.asset(asset));
    const { property, value } = translated(told, as, entry.invert.includes(part));
    if (!retained) result.reported.push({ asset, property, value });
    const { strongest, edges } = properties[property];
    const known = this.#parts.facts.state(device, part, property);
    if (known?.value === value && known.asset === asset) {
      if (!retained) known.seenAt = times.receivedAt;
      return;
    }
    const before = strongest === undefined ? known?.value : this.#parts.facts.merged(asset, property)?.value;
    const isSame = known?.value === value;
    const since = isSame ? known.since : times.observedAt;
    const seenAt = retained && isSame ? known.seenAt : times.receivedAt;
    const fact: KnownState = { type: 'state', device, part, property, value, asset, since, seenAt };
    if (!this.#parts.facts.put(fact) || isSame) return;
    this.#parts.keep(stateKey(device, part, property), { device, part, property, value, since });
    if (retained || known === undefined) return;
    const after = strongest === undefined ? value : this.#parts.facts.merged(asset, property)?.value;
    const kind = after === undefined || after === before ? undefined : edges[after];
    if (kind === undefined) return;
    const extra = property === 'exit' ? this.#atDoor(entry, part, asset) : { facts: { ...told.facts, part } };
    result.observations.push(this.observation(kind, asset, device, times, extra));
  }

  /** Every change is told, and what stays the same now and then. */
  measurement(
    entry: Assignment,
    { device, flagsBattery }: Device,
    { quantity, part, value: said }: MeasurementReading,
    times: Times,
    result: Applied,
  ): void {
    const asset = assetFor(entry, part, quantity);
    if (asset === undefined) return;
    // Rules, page and record all see what the probe would say if it were right.
    const calibration = quantity === 'temperature' ? this.#calibrationFor(asset) : undefined;
    const value = corrected(said, calibration);
    const offset = calibration?.offsetCelsius ?? 0;
    const { observedAt } = times;
    const known = this.#parts.facts.measurement(device, part, quantity);
    const isSame = known?.value === value;
    const sinceToldMs = observedAt - (known?.toldAt ?? Number.NEGATIVE_INFINITY);
    // A clock that was set back must not thin for hours.
    const step = toldFrom[quantity] ?? 0;
    const isNear = isSame || (known !== undefined && Math.abs(value - known.toldValue) < step);
    const isThinned = isNear && sinceToldMs >= 0 && sinceToldMs < IDENTICAL_WITHIN_MS;
    const fact: KnownMeasurement =
      known?.asset === asset
        ? known
        : {
            type: 'measurement',
            device,
            part,
            property: quantity,
            value,
            asset,
            toldValue: value,
            since: observedAt,
            seenAt: observedAt,
            toldAt: observedAt,
            keptAt: Number.NEGATIVE_INFINITY,
          };
    if (fact !== known && !this.#parts.facts.put(fact)) return;
    fact.value = value;
    fact.seenAt = observedAt;
    if (!isSame) fact.since = observedAt;
    if (!isThinned) {
      fact.toldAt = observedAt;
      fact.toldValue = value;
    }
    // A device that marks a low battery itself knows better than its percentage.
    const state = quantity === 'battery' && !flagsBattery ? batteryStateAt(value) : undefined;
    if (state !== undefined)
      this.state(entry, { type: 'state', part, property: 'battery', value: state }, false, times, result);
    if (isThinned) return;
    if (Math.abs(observedAt - fact.keptAt) >= MEASUREMENT_KEPT_EVERY_MS) {
      fact.keptAt = observedAt;
      const kept = { device, part, quantity, value, at: observedAt };
      this.#parts.keep(measurementKey(device, part, quantity), kept);
    }
    const extra = { value, facts: { part, ...(offset === 0 ? {} : { offsetCelsius: offset }) } };
    result.observations.push(this.observation(measured[quantity], asset, device, times, extra));
  }

  /** After a step of the clock. */
  moveInstants(device: string, move: MoveInstants): void {
    for (const fact of this.#parts.facts.ofDevice(device)) {
      const { part, property } = fact;
      fact.since = moved(fact.since, move);
      fact.seenAt = moved(fact.seenAt, move);
      if (fact.type === 'state') {
        const { value, since } = fact;
        this.#parts.keep(stateKey(device, part, property), { device, part, property, value, since });
        continue;
      }
      fact.toldAt = moved(fact.toldAt, move);
      const at = moved(fact.keptAt, move);
      fact.keptAt = at;
      const kept = { device, part, quantity: property, value: fact.value, at: fact.seenAt };
      if (Number.isFinite(at)) this.#parts.keep(measurementKey(device, part, property), kept);
    }
  }

  #calibrationFor(assetId: string) {
    const { registry } = this.#parts;
    const asset = registry.asset(assetId);
    return asset && probeCalibrationOf(asset, registry);
  }

  /** Where a vehicle is, and whether that is where it belongs. */
  position(entry: Assignment, told: PositionReading, times: Times, result: Applied): void {
    const { part, latitude, longitude, speedKmh, accuracyM } = told;
    const asset = assetOf(entry, part);
    if (asset === undefined) return;
    const fences = this.#parts.registry.asset(asset)?.geofences ?? [];
    const point = { latitude, longitude };
    const where = { ...point, ...(accuracyM === undefined ? {} : { accuracyM }) };
    const { tell, geofence } = this.#whereabouts.judge(entry.device, where, fences, times.observedAt);
    if (tell) {
      const { name: area } = placeIn(fences, point);
      const facts = {
        part,
        latitude,
        longitude,
        ...(speedKmh === undefined ? {} : { speedKmh }),
        ...(accuracyM === undefined ? {} : { accuracyM }),
        ...(area === undefined ? {} : { area }),
      };
      result.observations.push(this.observation('position.reported', asset, entry.device, times, { facts }));
    }
    if (geofence !== undefined)
      this.state(entry, { type: 'state', part, property: 'geofence', value: geofence }, false, times, result);
  }

  /** A badge, a button, a code at a keypad, a barcode, what a camera recognised. */
  moment(entry: Assignment, told: MomentReading, times: Times, result: Applied): void {
    const { part, moment, subjects, observables } = told;
    const asset = assetOf(entry, part);
    if (asset !== undefined && moment === 'code-entered' && told.code !== undefined)
      result.codes.push({ reader: asset, code: told.code, at: times.observedAt });
    const isExit =
      moment === 'exit-requested' || (moment === 'button-pressed' && declaredOf(entry, part) === 'exit');
    const kind = isExit ? 'exit.requested' : momentKinds[moment];
    if (asset === undefined || kind === undefined) return;
    const extra = {
      ...(subjects === undefined ? {} : { subjects }),
      ...(observables === undefined ? {} : { observables }),
      ...(told.facts === undefined ? this.#atDoor(entry, part, asset) : { facts: { part, ...told.facts } }),
    };
    result.observations.push(this.observation(kind, asset, entry.device, times, extra));
  }

  #atDoor(entry: Assignment, part: string, asset: string): Pick<NewObservation, 'facts'> {
    const door = doorOf(entry, part, asset, this.#parts.registry);
    return { facts: { part, ...(door === undefined ? {} : { door }) } };
  }

  observation(
    kind: ObservationKind,
    asset: string,
    source: string,
    times: Times,
    extra: Partial<Pick<NewObservation, 'value' | 'subjects' | 'observables' | 'facts'>>,
  ): NewObservation {
    return { kind, site: this.#parts.siteId, asset, source, ...times, ...extra };
  }
}
