/**
 * Tells people of incidents: who, by which way, and who next when nobody takes it. What is decided is on disk, together
 * with the alerts that follow from it, before anything is sent.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '../../devices/model/clock.ts';
import type { Severity } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { sitesOf } from '../api/incident-summary.ts';
import type { Scopes } from '../api/scope.ts';
import type { Detected } from '../detector.ts';
import type { Mailer } from '../mail/mail.ts';
import type { Accounts, WholeAccount } from '../people/accounts.ts';
import type { AuditEntry, DocumentWrite, Handling, Store } from '../store/store.ts';
import { alertOf, LINK_LASTS_MS, tokenFor } from './acknowledge-link.ts';
import type { Alert } from './alert.ts';
import { type Chain, chain, chainFor, DEFAULT_CHAIN } from './chain.ts';
import { mailChannel } from './channels/mail.ts';
import { newPushKeys, type PushKeys, webPushChannel } from './channels/web-push.ts';
import { webhookChannel } from './channels/webhook.ts';
import { follow, type Order } from './course.ts';
import { Courses } from './courses.ts';
import { Delivering } from './delivering.ts';
import { Devices } from './devices.ts';
import { Flood } from './flood.ts';
import { DEFAULT_PREFERENCES, type Preferences, preferences } from './preferences.ts';
import { type Delivery, deliveriesTo, isQuietFor, type Person, resolve } from './recipients.ts';
import type { AlertingSettings } from './settings.ts';
import { wordsOf } from './wording.ts';

const CHAIN = 'alert-chain';
const PREFERENCES = 'alert-preferences';
const KEYS = 'alert-keys';
/** How often it is looked for steps that are due, in the site's time. */
const LOOK_EVERY_MS = 1_000;
/** Incidents read back at a time after a start. */
const READ_BACK = 1_000;
/** An incident that nobody was told of and that is older than this when the cloud starts is no news. */
const NEWS_MS = 15 * 60_000;

export interface AlertingParts {
  settings: AlertingSettings;
  store: Store;
  registry: Registry;
  clock: Clock;
  accounts: Pick<Accounts, 'all' | 'find'>;
  scopes: Scopes;
  /** Where mail is configured. */
  mailer: Mailer | undefined;
  /** A path of the configuration, from where the file lies. */
  resolve(path: string): string;
  /** Accounts on duty at present. */
  onDuty(): readonly string[];
  /** It was brought by an exercise: its alerts say so, and none leaves the house. */
  isExercise?(incident: Incident): boolean;
  wallMs?(): number;
  log: Logger;
}

export class Alerting {
  readonly #parts: AlertingParts;
  readonly #courses: Courses;
  readonly #chains = new Map<string, Chain>();
  readonly #preferences = new Map<string, Preferences>();
  readonly #flood = new Flood();
  readonly #acknowledgeKey: string;
  readonly #pushKeys: PushKeys;
  readonly #wallMs: () => number;
  readonly devices: Devices;
  readonly delivering: Delivering;
  #work: Promise<void> = Promise.resolve();

  private constructor(parts: AlertingParts, keys: { acknowledge: string; push: PushKeys }) {
    this.#parts = parts;
    const { store, settings, mailer, clock, log } = parts;
    this.#wallMs = parts.wallMs ?? Date.now;
    this.#acknowledgeKey = keys.acknowledge;
    this.#pushKeys = keys.push;
    this.devices = new Devices(store);
    this.#courses = new Courses(store);
    for (const { id, value } of store.documents(CHAIN)) this.#chains.set(id, chain.parse(value));
    for (const { id, value } of store.documents(PREFERENCES))
      this.#preferences.set(id, preferences.parse(value));
    this.delivering = new Delivering({
      store,
      channels: {
        push: webPushChannel(this.devices, keys.push, settings),
        webhook: webhookChannel(settings.webhooks, parts.resolve, this.#wallMs),
        ...(mailer === undefined ? {} : { mail: mailChannel(mailer) }),
      },
      linksOf: (alert) => this.#linksOf(alert),
      isWanted: ({ incident, reason }) =>
        reason === 'trial' ||
        store.handling(store.currentIncident(incident))?.state === 'open' ||
        reason === 'graver',
      onGone: async ({ channel, address }) => {
        if (channel === 'push' && this.devices.find(address) !== undefined)
          await this.devices.remove(address);
      },
      wallMs: this.#wallMs,
      now: () => clock.now(),
      log,
    });
  }

  /** Opens what is on record. Keys are made once and kept. */
  static async open(parts: AlertingParts): Promise<Alerting> {
    const stored = parts.store.document(KEYS, 'own')?.value;
    if (isKeys(stored)) return new Alerting(parts, stored);
    const made = { acknowledge: randomBytes(32).toString('base64url'), push: newPushKeys() };
    await parts.store.putDocuments([{ kind: KEYS, id: 'own', value: made, expected: 0 }]);
    return new Alerting(parts, made);
  }

  /** What browsers ask for when they subscribe. */
  get pushKey(): string {
    return this.#pushKeys.publicKey;
  }

  get ways(): { mail: boolean; webhooks: { name: string; title: string }[] } {
    const { mailer, settings } = this.#parts;
    const webhooks = Object.entries(settings.webhooks).map(([name, { title }]) => ({ name, title }));
    return { mail: mailer !== undefined, webhooks };
  }

  /** Takes up what was left: alerts that wait, and incidents that came while nobody could be told. Until the signal. */
  start(signal: AbortSignal): void {
    const { store, clock } = this.#parts;
    for (let offset = 0; ; offset += READ_BACK) {
      const page = store.incidents({ states: ['open'], offset, limit: READ_BACK });
      for (const { incident, handling } of page) {
        const isOld =
          this.#courses.of(incident.id) === undefined && handling.openedAt < clock.now() - NEWS_MS;
        if (!isOld) this.#follow(incident, handling);
      }
      if (page.length < READ_BACK) break;
    }
    this.delivering.start(signal);
    let cancel = () => {};
    const look = () => {
      this.#lookAround();
      cancel = clock.schedule(LOOK_EVERY_MS, look);
    };
    look();
    signal.addEventListener('abort', () => cancel(), { once: true });
  }

  /** What the detector found: already in the store. */
  detected({ changed, gone }: Detected): void {
    for (const { id, into } of gone) {
      const moved = this.#courses.move(id, into);
      if (moved.length > 0) this.#write(moved, []);
    }
    for (const incident of changed) {
      const handling = this.#parts.store.handling(incident.id);
      if (handling !== undefined) this.#follow(incident, handling);
    }
  }

  /** A person did something to an incident. */
  handled(id: string): void {
    const incident = this.#parts.store.incident(id);
    const handling = this.#parts.store.handling(id);
    if (incident !== undefined && handling !== undefined) this.#follow(incident, handling);
  }

  chains(): Chain[] {
    return this.#chains.size === 0 ? [DEFAULT_CHAIN] : [...this.#chains.values()];
  }

  /** Nobody has written one: the house's own is in use. */
  get isDefaultChain(): boolean {
    return this.#chains.size === 0;
  }

  /** Push services that the configuration allows besides the well-known ones. */
  get pushServices(): readonly string[] {
    return this.#parts.settings.pushServices;
  }

  async putChain(one: Chain, audit: AuditEntry): Promise<void> {
    await this.#parts.store.putDocuments([{ kind: CHAIN, id: one.id, value: one }], audit);
    this.#chains.set(one.id, one);
  }

  async removeChain(id: string, audit: AuditEntry): Promise<boolean> {
    if (!this.#chains.has(id)) return false;
    await this.#parts.store.putDocuments([{ kind: CHAIN, id, value: undefined }], audit);
    this.#chains.delete(id);
    return true;
  }

  preferencesOf(account: string): Preferences {
    return this.#preferences.get(account) ?? DEFAULT_PREFERENCES;
  }

  async putPreferences(account: string, wanted: Preferences, audit: AuditEntry): Promise<void> {
    await this.#parts.store.putDocuments([{ kind: PREFERENCES, id: account, value: wanted }], audit);
    this.#preferences.set(account, wanted);
  }

  /** Says a word by every way that a person has. @returns how many ways those are */
  async trial(account: string, title: string): Promise<number> {
    const one = this.#parts.accounts.find(account);
    if (one === undefined) return 0;
    const deliveries = deliveriesTo(this.#personOf(one, true, true), 'critical');
    const told = { title, severity: 'info' as const, sites: [], detections: 0, waitingMs: 0 };
    const alerts = deliveries.map((delivery) =>
      this.#alertOf(
        '',
        delivery,
        { reason: 'trial', severity: 'info', step: 0, isQuiet: false },
        wordsOf('trial', told),
      ),
    );
    await this.#parts.store.putDocuments(this.delivering.writesOf(alerts));
    this.delivering.take(alerts);
    return alerts.length;
  }

  /** The alert of a link, as long as it is good. */
  alertOfToken(token: string): Alert | undefined {
    const id = alertOf(this.#acknowledgeKey, token, this.#parts.clock.now());
    return id === undefined ? undefined : this.delivering.find(id);
  }

  /** All that was decided so far is on disk, and nothing is under way. */
  async settled(): Promise<void> {
    await this.#work;
    await this.delivering.settled();
  }

  #follow(incident: Incident, handling: Handling): void {
    const { registry, clock } = this.#parts;
    const sites = sitesOf(incident.assets, registry);
    const { severity } = incident;
    const before = this.#courses.of(incident.id);
    const now = clock.now();
    const next = follow(
      before,
      { id: incident.id, severity, state: handling.state },
      chainFor({ severity, sites }, this.chains()),
      now,
    );
    const held = new Set(before?.held);
    const alerts = next.orders.flatMap((order) => this.#carryOut(order, incident, handling, held, now));
    const writes = this.#courses.put(
      incident.id,
      next.course === undefined ? undefined : { ...next.course, held: [...held] },
      next.lookAt,
    );
    if (writes.length > 0 || alerts.length > 0) this.#write(writes, alerts);
  }

  #carryOut(order: Order, incident: Incident, handling: Handling, held: Set<string>, now: number): Alert[] {
    const people = this.#people(incident);
    const found = resolve(order.to, incident.severity, people, now);
    for (const account of found.held) held.add(account);
    return this.#alertsOf(found.deliveries, order, incident, handling, now);
  }

  #alertsOf(
    deliveries: readonly Delivery[],
    order: Pick<Order, 'step' | 'isQuiet'> & { reason: Alert['reason'] },
    incident: Incident,
    handling: Handling,
    now: number,
  ): Alert[] {
    const { scopes, accounts, registry } = this.#parts;
    const isExercise = this.#parts.isExercise?.(incident) ?? false;
    const admitted = new Map<string, ReturnType<Flood['admit']>>();
    return deliveries.flatMap((delivery) => {
      const { channel, to } = delivery;
      // Partners hear of what is real alone.
      if (channel === 'webhook' && isExercise) return [];
      if (channel !== 'webhook') {
        const admission = admitted.get(to) ?? this.#flood.admit(to, now);
        admitted.set(to, admission);
        if (admission === 'leave') return [];
        if (admission === 'say-there-is-more')
          return [this.#alertOf(incident.id, delivery, { ...order, severity: incident.severity }, MORE)];
      }
      const scope = channel === 'webhook' ? undefined : scopes.of(accounts.find(to)?.profile.scope);
      const part = scope === undefined ? incident : scope.part(incident);
      if (part === undefined) return [];
      const words = wordsOf(order.reason, {
        title: part.title,
        severity: part.severity,
        sites: sitesOf(part.assets, registry).map((site) => registry.site(site)?.name ?? site),
        detections: part.detections.length,
        waitingMs: now - handling.openedAt,
        isExercise,
      });
      return [this.#alertOf(incident.id, delivery, { ...order, severity: part.severity }, words)];
    });
  }

  #alertOf(
    incident: string,
    { channel, to, address }: Delivery,
    order: { reason: Alert['reason']; step: number; isQuiet: boolean; severity: Severity },
    words: Pick<Alert, 'title' | 'text'>,
  ): Alert {
    return {
      id: randomUUID(),
      incident,
      channel,
      to,
      address,
      reason: order.reason,
      severity: order.severity,
      step: Math.max(0, order.step),
      isQuiet: order.isQuiet,
      ...words,
      at: this.#parts.clock.now(),
      state: 'waiting',
      tries: 0,
      dueWallMs: this.#wallMs(),
    };
  }

  #people(incident: Incident): Person[] {
    const { accounts, scopes, onDuty } = this.#parts;
    const working = new Set(onDuty());
    return accounts
      .all()
      .filter(({ profile }) => profile.locked === undefined)
      .map((one) =>
        this.#personOf(one, scopes.of(one.profile.scope).seesIncident(incident), working.has(one.name)),
      );
  }

  #personOf({ name, role, profile }: WholeAccount, sees: boolean, isOnDuty: boolean): Person {
    const own = this.preferencesOf(name);
    const address = own.address ?? profile.email;
    return {
      account: name,
      role,
      sees,
      isOnDuty,
      preferences: { ...own, ...(address === undefined ? {} : { address }) },
      devices: this.devices.of(name).map(({ id }) => id),
    };
  }

  /** Steps that are due, and people whose quiet hours are over. */
  #lookAround(): void {
    const { store, clock } = this.#parts;
    const now = clock.now();
    for (const id of this.#courses.due(now))
      if (store.incident(id) === undefined) this.#write(this.#courses.put(id, undefined, undefined), []);
      else this.handled(id);
    for (const { incident: id, held = [] } of this.#courses.holding()) {
      const incident = store.incident(id);
      const handling = store.handling(id);
      if (incident === undefined || handling?.state !== 'open') continue;
      const awake = this.#people(incident).filter(
        (one) => held.includes(one.account) && !isQuietFor(one, incident.severity, now),
      );
      if (awake.length === 0) continue;
      const deliveries = awake.flatMap((one) => deliveriesTo(one, incident.severity));
      const order = { reason: 'after-quiet' as const, step: 0, isQuiet: false };
      const alerts = this.#alertsOf(deliveries, order, incident, handling, now);
      const told = new Set(awake.map(({ account }) => account));
      this.#write(this.#courses.release(id, told), alerts);
    }
  }

  #write(writes: readonly DocumentWrite[], alerts: readonly Alert[]): void {
    const { store, log } = this.#parts;
    this.#work = this.#work
      .then(() => store.putDocuments([...writes, ...this.delivering.writesOf(alerts)]))
      .then(
        () => this.delivering.take(alerts),
        // They are told from memory all the same: better twice than never.
        (error: unknown) => {
          log.error({ error }, 'alerts were not written down');
          this.delivering.take(alerts);
        },
      );
  }

  #linksOf({ id, incident, at, channel }: Alert): { open?: string; acknowledge?: string } {
    const { origin } = this.#parts.settings;
    if (origin === undefined || incident === '') return {};
    const base = origin.endsWith('/') ? origin : `${origin}/`;
    return {
      open: `${base}#/incidents/${encodeURIComponent(incident)}`,
      ...(channel === 'webhook'
        ? {}
        : { acknowledge: `${base}alert/${tokenFor(this.#acknowledgeKey, id, at + LINK_LASTS_MS)}` }),
    };
  }
}

const MORE: Pick<Alert, 'title' | 'text'> = {
  title: 'Many more incidents are coming in',
  text: 'You are not told of each of them for a while: look at the queue.',
};

function isKeys(value: unknown): value is { acknowledge: string; push: PushKeys } {
  return typeof value === 'object' && value !== null && 'acknowledge' in value && 'push' in value;
}
