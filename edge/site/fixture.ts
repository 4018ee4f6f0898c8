/** A small site for the tests of this folder. */
import { type ManualClock, manualClock } from '../../devices/model/clock.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import type { Heard, Reading } from '../../devices/profiles/profile.ts';
import { type Assignment, assignment } from './assignments.ts';
import type { Applied } from './readings.ts';
import { type Arrival, SiteState } from './state.ts';

export const START = 1_700_000_000_000;

export const registry = registryOf(
  registryDocument.parse({
    sites: [
      { id: 'pharmacy', name: 'Pharmacy' },
      { id: 'elsewhere', name: 'Elsewhere' },
    ],
    assets: [
      { id: 'front-door', kind: 'door', name: 'Front door', site: 'pharmacy' },
      { id: 'back-door', kind: 'door', name: 'Back door', site: 'pharmacy' },
      { id: 'front-reader', kind: 'reader', name: 'Reader', site: 'pharmacy', guards: ['front-door'] },
      { id: 'front-lock', kind: 'lock', name: 'Lock', site: 'pharmacy', hostedOn: 'front-door' },
      { id: 'hall', kind: 'motion-sensor', name: 'Hall', site: 'pharmacy' },
      { id: 'fridge', kind: 'fridge', name: 'Fridge', site: 'pharmacy' },
      { id: 'siren', kind: 'siren', name: 'Siren', site: 'pharmacy' },
      { id: 'camera', kind: 'camera', name: 'Camera', site: 'pharmacy' },
      { id: 'far-door', kind: 'door', name: 'Far door', site: 'elsewhere' },
    ],
  }),
);

export const assigned = (entry: Record<string, unknown>): Assignment => assignment.parse(entry);

export const contact = (value: 'open' | 'closed', part = 'contact'): Reading => ({
  type: 'state',
  part,
  property: 'contact',
  value,
});
export const online = (value: 'online' | 'offline'): Reading => ({
  type: 'state',
  part: 'online',
  property: 'online',
  value,
});
export const celsius = (value: number): Reading => ({
  type: 'measurement',
  part: 'temperature',
  quantity: 'temperature',
  value,
});

/** A site whose kept state lives in a map, as the outbox would keep it. */
export class TestSite {
  readonly kept = new Map<string, unknown>();
  readonly clock: ManualClock;
  readonly #assignments: Assignment[];
  state: SiteState;

  constructor(assignments: Assignment[], clock = manualClock(START)) {
    this.clock = clock;
    this.#assignments = assignments;
    this.state = this.#start();
  }

  #start(assignments = this.#assignments): SiteState {
    return new SiteState({
      siteId: 'pharmacy',
      registry,
      assignments,
      clock: this.clock,
      kept: new Map(structuredClone([...this.kept])),
      keep: (key, value) => this.kept.set(key, structuredClone(value)),
      forget: (key) => this.kept.delete(key),
    });
  }

  /** The gateway's process ends and begins anew, perhaps with another configuration. */
  restart(assignments?: Assignment[]): void {
    this.state = this.#start(assignments);
  }

  hear(device: string, readings: Reading[], more: Partial<Heard> & Partial<Arrival> = {}): Applied {
    const { retained = false, receivedAt = this.clock.now(), brokerRestarted = false, ...heard } = more;
    const profile = device.slice(0, device.indexOf(':'));
    return this.state.apply({ device, readings, ...heard }, profile, {
      retained,
      receivedAt,
      brokerRestarted,
    });
  }

  kinds(device: string, readings: Reading[], more: Partial<Heard> & Partial<Arrival> = {}): string[] {
    return this.hear(device, readings, more).observations.map(({ kind }) => kind);
  }

  /** Lets time pass as the gateway does: it comes back whenever it was asked to. */
  pass(forMs: number): string[] {
    const untilMs = this.clock.now() + forMs;
    const told: string[] = [];
    for (;;) {
      const dueAt = this.state.nextDueAt();
      if (dueAt === undefined || dueAt > untilMs) break;
      this.clock.advance(Math.max(0, dueAt - this.clock.now()));
      const observations = this.state.overdue(this.clock.now());
      told.push(...observations.map(({ kind, asset }) => `${kind} ${asset}`));
    }
    this.clock.advance(untilMs - this.clock.now());
    return told;
  }
}
