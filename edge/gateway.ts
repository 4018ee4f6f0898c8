import type { Clock } from '../devices/model/clock.ts';
import type { Command } from '../devices/model/command.ts';
import type { Detection } from '../devices/model/detection.ts';
import type { Observation, ObservationKind } from '../devices/model/observation.ts';
import type { Lane, Picture } from '../devices/wire.ts';
import { ACTIONS_PREFIX, Actions } from './actions/actions.ts';
import { type Hindrance, hindrance, interlock } from './actions/interlock.ts';
import { ALARMS_PREFIX, Alarms } from './alarms/alarms.ts';
import { instantMover } from './clock/move-instants.ts';
import type { ClockChange } from './clock/steady-clock.ts';
import type { GatewayConfiguration } from './config.ts';
import type { FromDevice } from './drivers/mqtt.ts';
import { profilesOf } from './drivers/profiles.ts';
import type { DurableOutbox } from './outbox/open.ts';
import { OwnWords, type ReportedBeside } from './own-words.ts';
import { openingClock } from './panel/opening.ts';
import { type Actor, doneBy } from './panel/outcome.ts';
import { PANEL_PREFIX, Panel, type Wanted } from './panel/panel.ts';
import type { RuleConfiguration } from './rules/configuration.ts';
import { RULE_STATE_PREFIX, RuleEngine } from './rules/engine.ts';
import { DEFAULT_ACTION_LIFETIME_MS, type LocalAction } from './rules/rule.ts';
import { SITE_PREFIX } from './site/kept.ts';
import type { NewObservation } from './site/readings.ts';
import { SiteState } from './site/state.ts';
import { WakeTimer } from './wake-timer.ts';

/** Changes of protection go ahead of the day's traffic, as detections do. */
const urgentKinds: ReadonlySet<ObservationKind> = new Set([
  'alarm.armed',
  'alarm.disarmed',
  'alarm.arming-refused',
  'alarm.schedule-changed',
  'tamper.started',
  'camera.obscured',
  'camera.role-failed',
  'camera.replaced',
  'camera.login-failed',
  'signal.lost',
  'door.alarm-started',
  'duress.signalled',
  'access.denied',
  'command.failed',
  // Ahead of the day's records: they are put right as they arrive.
  'clock.set',
  'clock.unset',
]);

export interface GatewayParts {
  configuration: GatewayConfiguration;
  clock: Clock;
  outbox: DurableOutbox;
  /** Hands a command to whatever driver can carry it out; false: none can. */
  deliver(command: Command): boolean;
  /** Something that the site page shows has changed. */
  onChanged(): void;
  /** Each observation, once it has its id: for what the page remembers. */
  onObserved?(observation: Observation): void;
  /** Each detection, in the turn that records it: for pictures as evidence, and for the monitoring station. */
  onDetected?(detection: Detection): void;
  /** A defect, or something that could not be done: for the log. */
  onTrouble(message: string): void;
}

/**
 * The spine of a gateway. Each message has one way through it: `hear` takes what a driver made of it, the site's
 * state turns it into observations, panel and rules judge them, actions go out at once, and the promise resolves
 * when records and state are on disk, which is when the device is acknowledged.
 */
export class Gateway {
  readonly configuration: GatewayConfiguration;
  readonly site: SiteState;
  readonly panel: Panel;
  readonly rules: RuleEngine;
  readonly alarms: Alarms;
  readonly actions: Actions;
  readonly #parts: GatewayParts;
  #opening: ReturnType<typeof openingClock>;
  readonly #own: OwnWords;
  readonly #timer: WakeTimer;
  #tidying = false;
  /** While actions are carried out: what came of them at once, to be told behind their reason. */
  #outcomes: (() => void)[] | undefined;
  #commands = 0;
  /** First record of those whose time can't be trusted; undefined while it can. */
  #unsetFrom: number | undefined;
  #stopped = false;

  constructor(parts: GatewayParts) {
    const { configuration, clock, outbox } = parts;
    const { registry, gateway, devices, panel, access, deliveries, rules } = configuration;
    const keep = (key: string, value: unknown) => outbox.keep(key, value);
    const forget = (key: string) => outbox.forget(key);
    const context = { site: gateway.site, registry };
    const site = registry.site(gateway.site);
    if (site === undefined) throw new RangeError(`there is no site "${gateway.site}"`);
    this.#parts = parts;
    this.#own = new OwnWords(configuration, clock);
    this.#timer = new WakeTimer(clock, () => this.#passTime());
    if (clock.quality === 'unset') this.#unsetFrom = outbox.lastSequence + 1;
    this.configuration = configuration;
    this.#opening = openingClock(site);
    this.site = new SiteState({
      siteId: gateway.site,
      registry,
      assignments: devices,
      clock,
      profiles: profilesOf(configuration),
      kept: outbox.kept(SITE_PREFIX),
      keep,
      forget,
    });
    this.panel = new Panel({
      arming: panel,
      access,
      deliveries,
      context: {
        ...context,
        rate: clock.rate,
        lockOf: (asset) => {
          const lock = this.site.current(asset, 'lock');
          return lock === 'locked' || lock === 'unlocked' || lock === 'jammed' ? lock : undefined;
        },
      },
      now: clock.now(),
      kept: outbox.kept(PANEL_PREFIX),
      keep,
      contactOf: (asset) => {
        const contact = this.site.current(asset, 'contact');
        return contact === 'open' || contact === 'closed' ? contact : undefined;
      },
    });
    this.rules = new RuleEngine({
      site: gateway.site,
      registry,
      rules,
      kept: outbox.kept(RULE_STATE_PREFIX),
      keep,
      forget,
      source: gateway.id,
    });
    this.alarms = new Alarms({ kept: outbox.kept(ALARMS_PREFIX), keep, forget });
    this.actions = new Actions({
      clock,
      interlock: (command) => this.interlock(command),
      // The page itself shows what is said to people.
      deliver: (command) => command.action === 'page.notice' || parts.deliver(command),
      current: (asset, property) => this.site.current(asset, property),
      onOutcome: (command, outcome, detail) => {
        const tell = () => {
          this.#observed(this.#own.commandEnded(command, outcome, detail));
          this.#tidy();
        };
        if (this.#outcomes === undefined) tell();
        else this.#outcomes.push(tell);
      },
      keep,
      forget,
      kept: outbox.kept(ACTIONS_PREFIX),
    });
  }

  /** Says that it has started, takes up what a restart interrupted, and sets its timers. */
  start(): Promise<void> {
    this.#observed(
      this.#own.observation('gateway.started', {
        boot: this.#parts.outbox.boot,
        epoch: this.#parts.outbox.epoch,
      }),
    );
    if (this.#parts.clock.quality === 'unset') {
      const { boot, bootMs } = this.#parts.outbox;
      this.#observed(this.#own.observation('clock.unset', { boot, sinceBootMs: bootMs }));
    }
    this.actions.resume();
    this.#passTime();
    return this.#parts.outbox.committed();
  }

  /**
   * The clock was set, or can't be trusted any more. After a step everything under way goes over to the new timeline,
   * as if the clock had been right before: what has lasted a minute has lasted a minute, what is due in ten seconds
   * is due in ten seconds.
   */
  async clockChanged(change: ClockChange): Promise<void> {
    const { boot, bootMs } = this.#parts.outbox;
    const { quality, correctionMs, because } = change;
    if (correctionMs !== 0) {
      const move = instantMover(change);
      this.site.moveInstants(move);
      this.panel.moveInstants(move, this.#now());
      this.rules.moveInstants(move);
      this.alarms.moveInstants(move);
      this.actions.moveInstants(move);
    }
    if (quality === 'set') {
      const told = this.#unsetFrom === undefined ? {} : { fromSequence: this.#unsetFrom };
      this.#unsetFrom = undefined;
      const facts = { boot, correctionMs, sinceBootMs: bootMs, because, ...told };
      this.#observed(this.#own.observation('clock.set', facts));
    } else {
      this.#unsetFrom ??= this.#parts.outbox.lastSequence + 1;
      this.#observed(this.#own.observation('clock.unset', { boot, sinceBootMs: bootMs, because }));
    }
    this.#passTime();
    await this.#parts.outbox.committed();
  }

  /**
   * Takes what was heard in one message. Everything is decided before this returns; the promise resolves when it
   * is on disk and rejects when it never will be: then nothing may be acknowledged.
   */
  hear(messages: readonly FromDevice[]): Promise<void> {
    for (const { heard, profile, arrival } of messages) {
      const { observations, reported, codes } = this.site.apply(heard, profile, arrival);
      // What happened first: the confirmation of a command must not come before its reason.
      for (const observation of observations) this.#observed(observation);
      for (const { asset, property, value } of reported) this.actions.readback(asset, property, value);
      for (const { reader, code, at } of codes) this.#typed(reader, code, at);
    }
    this.#tidy();
    return this.#parts.outbox.committed();
  }

  /** Arms or disarms; the answer says what stands in the way. */
  async arm(mode: 'disarmed' | 'away' | 'night', bypass: readonly string[], by: Actor, duress = false) {
    const { answer, ...wanted } = this.panel.arm(mode, bypass, by, this.#now(), duress);
    this.#carryOut(wanted);
    this.#tidy();
    await this.#parts.outbox.committed();
    return answer;
  }

  async changeSchedule(entries: Parameters<Panel['changeSchedule']>[0], by: Actor): Promise<void> {
    this.#carryOut(this.panel.changeSchedule(entries, by, this.#now()));
    this.#tidy();
    await this.#parts.outbox.committed();
  }

  /** @returns false where there is no such alarm */
  async acknowledge(alarm: string, by: Actor): Promise<boolean> {
    if (!this.alarms.acknowledge(alarm, by.name, this.#now())) return false;
    await this.note('alarm.acknowledged', { alarm: alarm.slice(0, 512) }, by);
    return true;
  }

  /** Records something of the gateway itself, and who did it: a sign-in at its page, a changed configuration. */
  async note(
    kind: ObservationKind,
    facts: NonNullable<Observation['facts']>,
    by?: Actor,
    /** What it is about; absent: the gateway itself. */
    asset?: string,
  ): Promise<void> {
    this.#observed({
      ...this.#own.observation(kind, facts),
      ...(asset === undefined ? {} : { asset }),
      ...(by === undefined ? {} : doneBy(by, facts)),
    });
    this.#tidy();
    await this.#parts.outbox.committed();
  }

  /**
   * Goes over to other rules, and to what the registry says by now.
   * @throws RangeError, before anything has changed, when a rule names a kind or an asset that does not exist
   */
  replaceRules(rules: readonly RuleConfiguration[]): void {
    const { registry, gateway } = this.configuration;
    this.rules.replace(rules);
    const site = registry.site(gateway.site);
    if (site !== undefined) this.#opening = openingClock(site);
    this.#passTime();
  }

  /** Goes over to other doors, codes, holidays and announced deliveries. */
  replaceAccess(
    access: GatewayConfiguration['access'],
    deliveries: GatewayConfiguration['deliveries'],
  ): void {
    this.panel.replaceAccess(access, deliveries, this.#now());
    this.#passTime();
  }

  /** Detections whose condition goes on. */
  activeDetections(): Set<string> {
    const ofRules = this.rules.conditions().map(({ detection }) => detection);
    return new Set([...ofRules, ...this.panel.activeDetections()]);
  }

  /** Why a command must not be carried out now, in words; undefined where it may. */
  interlock(command: Pick<Command, 'action' | 'asset'>): string | undefined {
    return interlock(command, this.#interlockContext());
  }

  /** The same for the page, which says it in its reader's language. */
  hindrance(command: Pick<Command, 'action' | 'asset'>): Hindrance | undefined {
    return hindrance(command, this.#interlockContext());
  }

  #interlockContext() {
    const { registry } = this.configuration;
    return {
      registry,
      current: (asset: string, property: string) => this.site.current(asset, property),
    };
  }

  /** A command of a person or of the desk. */
  async command(command: Command): Promise<void> {
    this.actions.start(command);
    this.#tidy();
    await this.#parts.outbox.committed();
  }

  /** Somebody at the site has seen a message. @returns false where there is none of that name any more */
  async seen(notice: string, by: Actor): Promise<boolean> {
    if (!this.actions.notices().some(({ id }) => id === notice)) return false;
    this.actions.done(notice, `seen by ${by.name === '' ? 'somebody at the page' : by.name}`);
    this.#tidy();
    await this.#parts.outbox.committed();
    return true;
  }

  /** A picture that a camera took, as evidence. */
  async picture(picture: Omit<Picture, 'id'>): Promise<void> {
    const { outbox } = this.#parts;
    outbox.stage('bulk', picture.takenAt, (id) => ({ type: 'picture', picture: { ...picture, id } }));
    await outbox.committed();
  }

  /** Says how the gateway itself is; only worth sending while somebody listens. */
  async report(beside: ReportedBeside): Promise<void> {
    const { outbox } = this.#parts;
    const report = this.#own.report(outbox.boot, beside, this.site, this.panel);
    outbox.stage('bulk', report.at, () => ({ type: 'report', report }));
    await outbox.committed();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.stop();
    this.actions.stop();
  }

  /** Compared aside, because that takes a while; whoever typed it waits, the device need not. */
  #typed(reader: string, code: string, at: number): void {
    const answered = async () => {
      const wanted = await this.panel.enterCode(reader, code, at);
      if (this.#stopped) return;
      this.#carryOut(wanted);
      this.#tidy();
      await this.#parts.outbox.committed();
    };
    answered().catch((error: unknown) => this.#parts.onTrouble(`code at ${reader}: ${String(error)}`));
  }

  /** Stop 3 to 5 for one observation: recorded, judged by panel and rules, acted upon. */
  #observed(draft: NewObservation): void {
    const { outbox } = this.#parts;
    const lane: Lane = urgentKinds.has(draft.kind) ? 'alarm' : 'bulk';
    let observation: Observation | undefined;
    outbox.stage(lane, draft.observedAt, (id) => {
      observation = { id, ...draft };
      return { type: 'observation', observation };
    });
    if (observation === undefined) return;
    this.#parts.onObserved?.(observation);
    this.#carryOut(this.panel.observe(observation));
    const { detections, actions } = this.rules.observe(observation, this.#context(draft.observedAt));
    this.#carryOut({ observations: [], detections, actions });
  }

  #carryOut({
    observations,
    detections,
    actions,
  }: {
    observations: Wanted['observations'];
    detections: readonly Detection[];
    actions: readonly LocalAction[];
  }): void {
    const outer = this.#outcomes;
    const outcomes = outer ?? [];
    this.#outcomes = outcomes;
    try {
      // First what somebody waits for at a door; the records can wait.
      for (const action of actions) this.actions.start(this.#commandFor(action));
      for (const draft of observations) this.#observed({ ...draft, ...this.#own.signature });
      for (const detection of detections) {
        this.#parts.outbox.stage('alarm', detection.at, () => ({ type: 'detection', detection }));
        this.alarms.raise(detection);
        this.#parts.onDetected?.(detection);
      }
    } finally {
      this.#outcomes = outer;
    }
    if (outer === undefined) for (const tell of outcomes) tell();
  }

  #commandFor({ action, asset, reason, lifetimeMs, issuedBy, detection, preset }: LocalAction): Command {
    const issuedAt = this.#now();
    const { id } = this.configuration.gateway;
    return {
      // Named after its reason, so that the same alarm twice is one command.
      id: `${id}/${detection ?? `${issuedAt}-${++this.#commands}`}/${action}/${asset}`.slice(-256),
      action,
      asset,
      issuedAt,
      lifetimeMs: lifetimeMs ?? DEFAULT_ACTION_LIFETIME_MS,
      issuedBy: issuedBy ?? 'rule',
      reason,
      ...(detection === undefined ? {} : { detection }),
      ...(preset === undefined ? {} : { preset }),
    };
  }

  #context(at: number) {
    return {
      now: at,
      registry: this.configuration.registry,
      armingMode: this.panel.mode,
      armingPhase: this.panel.phase,
      isOpen: this.#opening.isOpen(at),
    };
  }

  /** Everything that is due: silence, delays, rules that wait. */
  #passTime(): void {
    if (this.#stopped) return;
    const now = this.#now();
    for (const observation of this.site.overdue(now)) this.#observed(observation);
    this.#carryOut(this.panel.passTime(now));
    this.#carryOut({ observations: [], ...this.rules.wake(now, (at) => this.#context(at)) });
    this.#parts.outbox.committed().catch((error: unknown) => this.#parts.onTrouble(String(error)));
    this.#tidy();
  }

  /** Once a turn of the event loop, however many messages it took: the next timer, and word to the page. */
  #tidy(): void {
    if (this.#tidying) return;
    this.#tidying = true;
    setImmediate(() => {
      this.#tidying = false;
      if (this.#stopped) return;
      this.#timer.set(this.rules.nextWakeAt(), this.panel.nextWakeAt(), this.site.nextDueAt());
      this.#parts.onChanged();
    });
  }

  #now(): number {
    return this.#parts.clock.now();
  }
}
