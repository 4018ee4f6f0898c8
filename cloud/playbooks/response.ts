/**
 * The response: incidents get a playbook, the playbook is run, people and machines do its steps. A run is stored before
 * anything of it is done, and what came of it is stored before the next; so a crash at any point leaves a run that goes
 * on, and no deed that is done twice without a person's word.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../devices/model/clock.ts';
import type { Command } from '../../devices/model/command.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { RunRow } from '../api/contract/response.ts';
import type { Mailer } from '../mail/mail.ts';
import { type AuditEntry, HOUSE, type Role, type Store } from '../store/store.ts';
import type { Outcome, World } from './actions/action.ts';
import { perform, prepareIn } from './actions/catalog.ts';
import { refusedAlone } from './alone.ts';
import { type Playbook, playbook as playbookSchema } from './cacao.ts';
import { CommandLane } from './command-lane.ts';
import { choicesFor, factsOf } from './facts.ts';
import { rehearse } from './rehearse.ts';
import { runRowOf } from './run-view.ts';
import { advance, type Refusal, type RunEvent } from './runner/machine.ts';
import { type Effect, nextDueAt, type Run, run as runSchema } from './runner/run.ts';
import type { ResponseSettings } from './settings.ts';
import { Shelf, type Shelved } from './shelf.ts';
import { type Suggested, suggest } from './suggest.ts';

const RUN = 'response.run';
const RUN_PLAYBOOK = 'response.run-playbook';
/** Runs under way at once; a desk has a handful. */
export const MAX_RUNS_UNDER_WAY = 500;
/** Of one incident. */
export const MAX_RUNS_OF_INCIDENT = 20;
/** Detections of an incident that are looked at for suggestions and values. */
const MAX_LOOKED_AT = 500;
/** Time-outs are looked at so often at least, in the site's time: a timer can't sleep for longer than weeks. */
const LOOK_EVERY_MS = 60_000;

export interface ResponseParts {
  store: Store;
  registry: Registry;
  clock: Clock;
  settings: ResponseSettings;
  /** Where a mail server is configured. */
  mailer: Mailer | undefined;
  gateways: readonly { id: string; site: string }[];
  resolve(path: string): string;
  sendCommand(gateway: string, command: Command): { connected: boolean };
  isConnected(gateway: string): boolean;
  /** A run has changed: those who watch are told. */
  onRun(row: RunRow): void;
  onTrouble(message: string): void;
}

/** A person at the desk. */
export interface Actor {
  name: string;
  /** An address. */
  from: string;
}

/** What a person wanted can't be done, in words. */
export class Refused extends Error {
  readonly code:
    | Refusal['code']
    | 'no-such-playbook'
    | 'no-such-incident'
    | 'no-such-run'
    | 'too-many'
    | 'value';
  constructor(code: Refused['code'], message: string) {
    super(message);
    this.name = 'Refused';
    this.code = code;
  }
}

/** What a person may say to a run. */
export type PersonsWord = Exclude<RunEvent, { type: 'begin' | 'tick' | 'recover' | 'outcome' | 'review' }>;

interface Live {
  run: Run;
  playbook: Playbook;
  revision: number;
  /** One change after the other. */
  queue: Promise<unknown>;
  cancelTimer: () => void;
}

export class Responder {
  readonly shelf: Shelf;
  readonly #parts: ResponseParts;
  readonly #lane: CommandLane;
  readonly #live = new Map<string, Live>();
  readonly #world: World;
  readonly #under = new Set<Promise<void>>();
  #signal = new AbortController().signal;

  constructor(parts: ResponseParts) {
    const { store, clock, registry, settings, mailer, gateways, resolve, sendCommand, isConnected } = parts;
    this.#parts = parts;
    this.shelf = new Shelf(store);
    this.#lane = new CommandLane({ store, clock, gateways, send: sendCommand, isConnected });
    this.#world = {
      registry,
      settings,
      hasMail: mailer !== undefined,
      mailer,
      clock,
      resolve,
      command: (site, order, signal) => this.#lane.send(site, order, signal),
    };
    for (const { id, value, revision } of store.documents(RUN)) {
      const run = runSchema.safeParse(value);
      if (!run.success) {
        parts.onTrouble(`run ${id} can't be read: ${run.error.issues[0]?.message ?? ''}`);
        continue;
      }
      if (run.data.status !== 'running') continue;
      const kept = playbookSchema.safeParse(store.document(RUN_PLAYBOOK, id)?.value);
      if (!kept.success) {
        parts.onTrouble(`the playbook of run ${id} can't be read`);
        continue;
      }
      this.#live.set(id, {
        run: run.data,
        playbook: kept.data,
        revision,
        queue: Promise.resolve(),
        cancelTimer: () => {},
      });
    }
  }

  /** Goes on with what a restart interrupted. Ends with the signal. */
  start(signal: AbortSignal): void {
    this.#signal = signal;
    for (const [id] of this.#live)
      this.#take(id, { type: 'recover' }).catch((error: unknown) =>
        this.#parts.onTrouble(`run ${id}: ${error instanceof Error ? error.message : String(error)}`),
      );
    signal.addEventListener(
      'abort',
      () => {
        for (const { cancelTimer } of this.#live.values()) cancelTimer();
      },
      { once: true },
    );
  }

  /** Everything begun is ended: to be awaited before the store closes. */
  async settled(): Promise<void> {
    while (this.#under.size > 0) await Promise.allSettled([...this.#under]);
    await Promise.allSettled([...this.#live.values()].map(({ queue }) => queue));
  }

  /** Records that have just been stored. */
  observed(observations: readonly Observation[]): void {
    this.#lane.observed(observations);
  }

  get settings(): ResponseSettings {
    return this.#parts.settings;
  }

  get underWay(): number {
    return this.#live.size;
  }

  /** Which playbooks an incident calls for, the best first. */
  suggestions(incident: string): Suggested[] {
    return suggest(
      this.shelf.all().map(({ playbook }) => playbook),
      this.#detectionsOf(incident),
    );
  }

  /** What an incident says of a playbook's variables, and what a person may say instead. */
  questions(playbook: Playbook, incident: string) {
    const facts: Readonly<Record<string, string>> = this.#factsOf(incident);
    const site = facts.__site__ ?? '';
    return Object.entries(playbook.playbook_variables ?? {})
      .filter(([, { external }]) => external === true)
      .map(([name, { description = name }]) => ({
        name,
        description,
        value: facts[name] ?? '',
        choices: choicesFor(name, site, this.#parts.registry),
      }));
  }

  runs(filter: { incident?: string } = {}): Run[] {
    const incident =
      filter.incident === undefined ? undefined : this.#parts.store.currentIncident(filter.incident);
    return this.#parts.store
      .documents(RUN)
      .flatMap(({ value }) => runSchema.safeParse(value).data ?? [])
      .filter((one) => incident === undefined || this.#parts.store.currentIncident(one.incident) === incident)
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  run(id: string): { run: Run; playbook: Playbook } | undefined {
    const live = this.#live.get(id);
    if (live !== undefined) return { run: live.run, playbook: live.playbook };
    const { store } = this.#parts;
    const run = runSchema.safeParse(store.document(RUN, id)?.value);
    const playbook = playbookSchema.safeParse(store.document(RUN_PLAYBOOK, id)?.value);
    return run.success && playbook.success ? { run: run.data, playbook: playbook.data } : undefined;
  }

  /** What a run would do, step by step; nothing is touched and nothing is kept. @throws Refused */
  rehearse(id: string, incident: string, values: Readonly<Record<string, string>>, by: string) {
    const shelved = this.#playbook(id);
    return this.rehearseWith(shelved.playbook, incident, values, by);
  }

  /** The same of a playbook that is being edited. @throws Refused */
  rehearseWith(playbook: Playbook, incident: string, values: Readonly<Record<string, string>>, by: string) {
    const run = this.#newRun({ playbook, version: 0, isBuiltIn: false }, incident, values, by);
    return rehearse(run, playbook, this.#parts.clock.now(), prepareIn(this.#world, playbook));
  }

  /** Begins a run. Resolves when it is stored. @throws Refused */
  async begin(
    id: string,
    incident: string,
    values: Readonly<Record<string, string>>,
    actor: Actor,
  ): Promise<Run> {
    const shelved = this.#playbook(id);
    if (this.#live.size >= MAX_RUNS_UNDER_WAY)
      throw new Refused('too-many', `${MAX_RUNS_UNDER_WAY} runs are under way already.`);
    if (this.runs({ incident }).length >= MAX_RUNS_OF_INCIDENT)
      throw new Refused('too-many', `This incident has had ${MAX_RUNS_OF_INCIDENT} runs.`);
    const run = this.#newRun(shelved, incident, values, actor.name);
    const begun = advance(run, { type: 'begin' }, this.#surroundings(shelved.playbook));
    if (begun.refused !== undefined) throw new Refused(begun.refused.code, begun.refused.message);
    await this.#parts.store.putDocuments(
      [
        { kind: RUN, id: run.id, value: begun.run, expected: 0 },
        { kind: RUN_PLAYBOOK, id: run.id, value: shelved.playbook, expected: 0 },
      ],
      this.#audit(actor, 'response.begun', `${shelved.playbook.name} (${run.id}) for ${incident}`),
    );
    const live: Live = {
      run: begun.run,
      playbook: shelved.playbook,
      revision: 1,
      queue: Promise.resolve(),
      cancelTimer: () => {},
    };
    this.#live.set(run.id, live);
    this.#changed(live, begun.effects);
    return begun.run;
  }

  /** What a person says to a run. Resolves when it is stored. @throws Refused */
  async say(id: string, word: PersonsWord, actor: Actor): Promise<Run> {
    if (!this.#live.has(id)) {
      if (this.run(id) === undefined) throw new Refused('no-such-run', 'There is no such run.');
      throw new Refused('over', 'This run is over.');
    }
    const step = 'step' in word ? ` ${word.step}` : '';
    const isAlone = word.type === 'approve' && word.alone !== undefined;
    const said = isAlone ? word.alone?.reason : 'text' in word ? word.text : undefined;
    const text = said === undefined ? '' : `: ${said}`;
    return this.#take(
      id,
      word,
      this.#audit(
        actor,
        isAlone ? 'response.approve-alone' : `response.${word.type}`,
        `${id}${step}${text}`.slice(0, 1_000),
      ),
    );
  }

  /** One person alone agrees, in an emergency, where the configuration allows it. @throws Refused */
  async agreeAlone(
    id: string,
    { step, reason }: { step: string; reason: string },
    { role, approversOnDuty }: { role: Role; approversOnDuty: readonly string[] },
    actor: Actor,
  ): Promise<Run> {
    const { settings, clock } = this.#parts;
    const found = this.#live.get(id)?.run.steps.find(({ key }) => key === step);
    if (found !== undefined) {
      const asked = { settings: settings.alone, step: found, by: actor.name, role };
      const refused = refusedAlone({ ...asked, approversOnDuty, now: clock.now() });
      if (refused !== undefined) throw new Refused(refused.code, refused.message);
    }
    return this.say(id, { type: 'approve', step, by: actor.name, alone: { reason } }, actor);
  }

  /** A second person looks at what one agreed to alone, also when the run is over. @throws Refused */
  async review(id: string, word: Extract<RunEvent, { type: 'review' }>, actor: Actor): Promise<Run> {
    const about = `${id} ${word.step}: ${word.wasRight ? 'right' : 'not right'}: ${word.text}`;
    const audit = this.#audit(actor, 'response.review', about.slice(0, 1_000));
    if (this.#live.has(id)) return this.#take(id, word, audit);
    const run = await this.#afterwards(id, word, audit);
    if (run === undefined) throw new Refused('no-such-run', 'There is no such run.');
    return run;
  }

  #audit({ name, from }: Actor, action: string, about: string): AuditEntry {
    return { at: this.#parts.clock.now(), by: name, from, action, about };
  }

  #playbook(id: string): Shelved {
    const found = this.shelf.find(id);
    if (found === undefined) throw new Refused('no-such-playbook', 'There is no such playbook.');
    return found;
  }

  #detectionsOf(incident: string) {
    const { store } = this.#parts;
    const found = store.incident(store.currentIncident(incident));
    return (found?.detections ?? []).slice(-MAX_LOOKED_AT).flatMap((id) => store.detection(id) ?? []);
  }

  #factsOf(id: string): Record<string, string> {
    const { store, registry } = this.#parts;
    const incident = store.incident(store.currentIncident(id));
    if (incident === undefined) throw new Refused('no-such-incident', 'There is no such incident.');
    return factsOf(incident, this.#detectionsOf(id), registry);
  }

  #newRun(
    { playbook, version }: Shelved,
    incident: string,
    chosen: Readonly<Record<string, string>>,
    by: string,
  ): Run {
    const { clock, registry } = this.#parts;
    const facts = this.#factsOf(incident);
    const values: Record<string, string> = { ...facts };
    for (const [name, { value }] of Object.entries(playbook.playbook_variables ?? {}))
      if (typeof value === 'string' && (values[name] ?? '') === '') values[name] = value;
    const site = facts.__site__ ?? '';
    for (const [name, value] of Object.entries(chosen)) {
      const variable = playbook.playbook_variables?.[name];
      if (variable?.external !== true || variable.constant === true)
        throw new Refused('value', `${name} is not for people to say.`);
      // Where the registry knows what there is, only that can be meant: never a door of another site.
      const choices = choicesFor(name, site, registry);
      if (choices.length > 0 && value !== '' && !choices.some((choice) => choice.value === value))
        throw new Refused('value', `${value} is nothing of this site.`);
      values[name] = value;
    }
    return {
      id: randomUUID(),
      playbook: playbook.id,
      playbookName: playbook.name,
      version,
      incident: facts.__incident__ ?? incident,
      title: facts.__title__ ?? '',
      ...(site === '' ? {} : { site }),
      startedAt: clock.now(),
      startedBy: by,
      status: 'running',
      values,
      threads: [],
      nextThread: 0,
      steps: [],
      log: [],
    };
  }

  #surroundings(playbook: Playbook) {
    return { playbook, now: this.#parts.clock.now(), prepare: prepareIn(this.#world, playbook) };
  }

  /** One thing after the other happens to a run: decided, stored, and only then done. */
  #take(id: string, event: RunEvent, audit?: AuditEntry): Promise<Run> {
    const live = this.#live.get(id);
    if (live === undefined) return Promise.reject(new Refused('over', 'This run is over.'));
    const next = live.queue.then(async () => {
      const result = advance(live.run, event, this.#surroundings(live.playbook));
      if (result.refused !== undefined) throw new Refused(result.refused.code, result.refused.message);
      await this.#parts.store.putDocuments(
        [{ kind: RUN, id, value: result.run, expected: live.revision }],
        audit ?? auditOf(event, live.run, this.#parts.clock.now()),
      );
      live.revision++;
      live.run = result.run;
      this.#changed(live, result.effects);
      return result.run;
    });
    live.queue = next.catch(() => undefined);
    return next;
  }

  #changed(live: Live, effects: readonly Effect[]): void {
    const { run } = live;
    const { clock, onRun, onTrouble } = this.#parts;
    live.cancelTimer();
    if (run.status !== 'running') this.#live.delete(run.id);
    else {
      const due = nextDueAt(run);
      if (due !== undefined && !this.#signal.aborted)
        live.cancelTimer = clock.schedule(Math.min(Math.max(0, due - clock.now()), LOOK_EVERY_MS), () => {
          this.#take(run.id, { type: 'tick' }).catch((error: unknown) =>
            onTrouble(`run ${run.id}: ${error instanceof Error ? error.message : String(error)}`),
          );
        });
    }
    for (const effect of effects) this.#do(run.id, effect);
    onRun(this.#rowOf(run, live.playbook));
  }

  #rowOf(run: Run, playbook: Playbook): RunRow {
    return runRowOf(run, playbook, this.#parts.store.currentIncident(run.incident));
  }

  #do(id: string, effect: Effect): void {
    const { onTrouble } = this.#parts;
    const done = perform(effect, this.#world, this.#signal)
      .catch(
        (error: unknown): Outcome => ({
          state: 'unknown',
          detail: error instanceof Error ? error.message : String(error),
        }),
      )
      .then(async ({ state, detail }) => {
        // The house is closing: what is under way stays as it is, and is asked after when it is open again.
        if (this.#signal.aborted) return;
        await this.#outcome(id, effect.id, state, detail);
      })
      .catch((error: unknown) =>
        onTrouble(`run ${id}: ${error instanceof Error ? error.message : String(error)}`),
      )
      .finally(() => this.#under.delete(done));
    this.#under.add(done);
  }

  async #outcome(id: string, effect: string, state: Outcome['state'], detail: string): Promise<void> {
    if (this.#live.has(id)) {
      await this.#take(id, { type: 'outcome', effect, state, detail });
      return;
    }
    // The run is over; that it was done nevertheless belongs into its record.
    await this.#afterwards(id, { type: 'outcome', effect, state, detail });
  }

  /** What happens to a run that is over. @throws Refused, except where a machine says something known already */
  async #afterwards(id: string, event: RunEvent, audit?: AuditEntry): Promise<Run | undefined> {
    const { store } = this.#parts;
    const document = store.document(RUN, id);
    const kept = this.run(id);
    if (document === undefined || kept === undefined) return undefined;
    const result = advance(kept.run, event, this.#surroundings(kept.playbook));
    if (result.refused !== undefined) {
      if (event.type === 'outcome') return undefined;
      throw new Refused(result.refused.code, result.refused.message);
    }
    await store.putDocuments([{ kind: RUN, id, value: result.run, expected: document.revision }], audit);
    this.#parts.onRun(this.#rowOf(result.run, kept.playbook));
    return result.run;
  }
}

/** What machines did is in the trail as well. */
function auditOf(event: RunEvent, run: Run, at: number): AuditEntry | undefined {
  if (event.type !== 'outcome') return undefined;
  const about = `${run.id} ${event.effect.slice(run.id.length + 1)}: ${event.detail}`.slice(0, 1_000);
  return { at, by: HOUSE, from: '', action: `response.outcome-${event.state}`, about };
}

/** Puts the response together; `start` it when the doors open. */
export const openResponse = (parts: ResponseParts): Responder => new Responder(parts);
