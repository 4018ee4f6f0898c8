/** Duties to notify as a whole: cases of incidents, kept in the store, every change with its line of the audit trail. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../devices/model/clock.ts';
import { severityRank } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type IncidentFacts, incidentFacts } from '../intelligence/incident-facts.ts';
import type { Tlp } from '../intelligence/indicator.ts';
import type { AuditEntry, Store } from '../store/store.ts';
import {
  awarenessOf,
  CASE_DOCUMENT,
  clocksOfCase,
  type Draft,
  type DraftFields,
  type DutyCase,
  dutyCase,
  emptyCase,
  MAX_DRAFTS,
  MAX_STATEMENTS,
  MAX_VERSIONS,
} from './case.ts';
import { type Answer, outcomeOf } from './decision.ts';
import { fieldsOf, filled, openFields } from './draft.ts';
import { dutyFacts } from './facts.ts';
import { draftDocument, hashOf } from './paper-forms.ts';
import type { DutyClock, Regime, Stage } from './regimes.ts';

export interface DutiesParts {
  store: Store;
  registry: Registry;
  clock: Clock;
  organisation: string;
  tlp: Tlp;
  /** It was brought by an exercise: nobody has to be told of it. */
  isExercise?(incident: Incident): boolean;
}

/** Who does something, and from where; what stands in the audit trail. */
export interface Doer {
  name: string;
  from: string;
}

/** What stands in the way; its message is fit for a person. */
export class DutyProblem extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'DutyProblem';
    this.code = code;
  }
}

/** The moment that the system would take, and why; a person says whether it was so. */
export interface AwarenessProposal {
  at: number;
  reason: string;
}

export class Duties {
  readonly #parts: DutiesParts;

  constructor(parts: DutiesParts) {
    this.#parts = parts;
  }

  /** Every case there is, under the ids that its incident has now. */
  cases(): DutyCase[] {
    return this.#parts.store
      .documents(CASE_DOCUMENT)
      .flatMap(({ value }) => dutyCase.safeParse(value).data ?? []);
  }

  /** Undefined: there is no such incident. */
  case(incident: string): { of: DutyCase; revision: number } | undefined {
    const { store } = this.#parts;
    const current = store.currentIncident(incident);
    if (store.incident(current) === undefined) return undefined;
    const own = store.document(CASE_DOCUMENT, current);
    if (own !== undefined) return { of: dutyCase.parse(own.value), revision: own.revision };
    // What was said while the incident was still another one goes on to hold.
    const former = this.cases().find((one) => store.currentIncident(one.incident) === current);
    return { of: former === undefined ? emptyCase(current) : { ...former, incident: current }, revision: 0 };
  }

  /** Whether it was brought by an exercise: no clock starts for it. */
  isExercise(incident: string): boolean {
    const { store, isExercise } = this.#parts;
    const found = store.incident(store.currentIncident(incident));
    return found !== undefined && (isExercise?.(found) ?? false);
  }

  timeZone(incident: string): string {
    const { store, registry } = this.#parts;
    const [asset] = store.incident(incident)?.assets.filter((id) => registry.asset(id) !== undefined) ?? [];
    return registry.site(registry.asset(asset ?? '')?.site ?? '')?.timeZone ?? 'UTC';
  }

  clocks(of: DutyCase): DutyClock[] {
    return clocksOfCase(of, this.timeZone(of.incident), this.#parts.clock.now());
  }

  /** What the compliance report takes from here. */
  overdue(): { overdue: number; cases: number } {
    const all = this.cases().filter(({ awareness }) => awareness.length > 0);
    return {
      overdue: all.flatMap((one) => this.clocks(one)).filter(({ state }) => state === 'overdue').length,
      cases: all.length,
    };
  }

  facts(incident: string, withPersons = false): IncidentFacts | undefined {
    const { store, registry, organisation, tlp } = this.#parts;
    return incidentFacts(incident, store, registry, { organisation, tlp, withPersons });
  }

  /**
   * When somebody took a grave incident, a person knew of it. Before that, at most a machine did. Undefined where
   * nobody took it, or it is not grave.
   */
  proposal(incident: string): AwarenessProposal | undefined {
    const { store } = this.#parts;
    const found = store.incident(incident);
    const handling = store.handling(incident);
    if (this.isExercise(incident)) return undefined;
    if (found === undefined || handling?.acknowledgedAt === undefined) return undefined;
    if (severityRank(found.severity) < severityRank('medium')) return undefined;
    const first = store.activities(incident).find(({ action }) => action === 'acknowledged');
    return {
      at: handling.acknowledgedAt,
      reason: `${first?.by ?? 'Somebody'} acknowledged the incident (${found.severity}).`,
    };
  }

  async stateAwareness(incident: string, at: number, reason: string, doer: Doer): Promise<DutyCase> {
    const { clock } = this.#parts;
    const now = clock.now();
    if (at > now) throw new DutyProblem('in-future', 'Nobody can have become aware in the future.');
    if (this.isExercise(incident))
      throw new DutyProblem('exercise', 'This incident belongs to an exercise: nobody has to be told of it.');
    return this.#change(incident, doer, (of) => {
      if (of.awareness.length >= MAX_STATEMENTS) throw tooMany();
      const before = awarenessOf(of);
      return {
        of: { ...of, awareness: [...of.awareness, { at, saidAt: now, by: doer.name, reason }] },
        action: before === undefined ? 'duty.aware' : 'duty.aware-corrected',
        about: `${before === undefined ? '' : `${new Date(before.at).toISOString()} -> `}${new Date(at).toISOString()}: ${reason}`,
      };
    });
  }

  async decide(incident: string, regime: Regime, answers: readonly Answer[], doer: Doer): Promise<DutyCase> {
    const outcome = outcomeOf(regime, answers);
    const asked = answers.filter(({ question }) => outcome.asked.includes(question));
    if (asked.length === 0) throw new DutyProblem('nothing-answered', 'No question was answered.');
    return this.#change(incident, doer, (of) => {
      if (of.decisions.length >= MAX_STATEMENTS) throw tooMany();
      const one = { regime, answers: asked, at: this.#parts.clock.now(), by: doer.name };
      return {
        of: { ...of, decisions: [...of.decisions, one] },
        action: 'duty.decide',
        about: `${regime}: ${asked.map(({ question, answer }) => `${question} ${answer}`).join(', ')}: ${outcome.duty}`,
      };
    });
  }

  /** An authority asked for an intermediate report. */
  async request(incident: string, text: string, doer: Doer): Promise<DutyCase> {
    return this.#change(incident, doer, (of) => {
      if (of.requests.length >= MAX_STATEMENTS) throw tooMany();
      const one = { at: this.#parts.clock.now(), by: doer.name, text };
      return { of: { ...of, requests: [...of.requests, one] }, action: 'duty.requested', about: text };
    });
  }

  async draft(incident: string, stage: Stage, doer: Doer): Promise<DutyCase> {
    const facts = this.facts(incident);
    if (facts === undefined) throw new DutyProblem('not-found', 'There is no such incident.');
    const now = this.#parts.clock.now();
    return this.#change(incident, doer, (of) => {
      if (of.drafts.length >= MAX_DRAFTS) throw tooMany();
      const fields = filled(stage, {
        facts: dutyFacts(facts),
        awareness: awarenessOf(of),
        organisation: this.#parts.organisation,
        by: doer.name,
        now,
      });
      const one: Draft = {
        id: randomUUID(),
        stage,
        createdAt: now,
        versions: [{ at: now, by: doer.name, fields }],
      };
      return {
        of: { ...of, drafts: [...of.drafts, one] },
        action: 'duty.draft',
        about: `${stage} ${one.id}`,
      };
    });
  }

  /** @param base the version that was edited: somebody else may have been faster */
  async edit(incident: string, id: string, base: number, fields: DraftFields, doer: Doer): Promise<DutyCase> {
    return this.#changeDraft(incident, id, doer, (one) => {
      if (one.sent !== undefined) throw new DutyProblem('sent', 'What was sent is no longer changed.');
      if (one.versions.length >= MAX_VERSIONS) throw tooMany();
      if (base !== one.versions.length)
        throw new DutyProblem('changed', 'Somebody else changed this draft in the meantime. Load it again.');
      const known = new Set(fieldsOf[one.stage].map((field) => field.id));
      const unknown = Object.keys(fields).find((name) => !known.has(name));
      if (unknown !== undefined) throw new DutyProblem('field', `There is no field ${unknown}.`);
      const last = one.versions.at(-1)?.fields ?? {};
      const version = { at: this.#parts.clock.now(), by: doer.name, fields: { ...last, ...fields } };
      return {
        one: { ...one, versions: [...one.versions, version] },
        action: 'duty.edit',
        about: `version ${one.versions.length + 1}`,
      };
    });
  }

  async approve(incident: string, id: string, version: number, doer: Doer): Promise<DutyCase> {
    return this.#changeDraft(incident, id, doer, (one) => {
      if (one.sent !== undefined) throw new DutyProblem('sent', 'It was sent already.');
      if (version !== one.versions.length)
        throw new DutyProblem('changed', 'There is a newer version. Read it first.');
      if (openFields(one).length > 0)
        throw new DutyProblem('open-fields', 'Some fields are still to be filled in.');
      return {
        one: { ...one, approved: { version, at: this.#parts.clock.now(), by: doer.name } },
        action: 'duty.approve',
        about: `version ${version}`,
      };
    });
  }

  async sent(
    incident: string,
    id: string,
    { at, channel, proof }: { at: number; channel: string; proof: string },
    doer: Doer,
  ): Promise<DutyCase> {
    const { clock, organisation } = this.#parts;
    if (at > clock.now()) throw new DutyProblem('in-future', 'It cannot have been sent in the future.');
    return this.#changeDraft(incident, id, doer, (one, of) => {
      if (one.sent !== undefined) throw new DutyProblem('sent', 'It was sent already.');
      const version = one.versions.length;
      if (one.approved?.version !== version)
        throw new DutyProblem('not-approved', 'Its last version has to be approved first.');
      const sha256 = hashOf(draftDocument(of, one, organisation));
      return {
        one: { ...one, sent: { at, by: doer.name, saidAt: clock.now(), version, channel, proof, sha256 } },
        action: 'duty.sent',
        about: `version ${version} by ${channel}: ${proof} ${sha256}`,
      };
    });
  }

  #changeDraft(
    incident: string,
    id: string,
    doer: Doer,
    change: (one: Draft, of: DutyCase) => { one: Draft; action: string; about: string },
  ): Promise<DutyCase> {
    return this.#change(incident, doer, (of) => {
      const known = of.drafts.find((one) => one.id === id);
      if (known === undefined) throw new DutyProblem('not-found', 'There is no such draft.');
      const { one, action, about } = change(known, of);
      return {
        of: { ...of, drafts: of.drafts.map((old) => (old.id === id ? one : old)) },
        action,
        about: `${one.stage} ${id} ${about}`,
      };
    });
  }

  /** In one commit with its line of the audit trail; refused where somebody else was faster. */
  async #change(
    incident: string,
    { name, from }: Doer,
    change: (of: DutyCase) => { of: DutyCase; action: string; about: string },
  ): Promise<DutyCase> {
    const known = this.case(incident);
    if (known === undefined) throw new DutyProblem('not-found', 'There is no such incident.');
    const { of, action, about } = change(known.of);
    const entry: AuditEntry = {
      at: this.#parts.clock.now(),
      by: name,
      from,
      action,
      about: `${of.incident} ${about}`.slice(0, 2_000),
    };
    await this.#parts.store.putDocuments(
      [{ kind: CASE_DOCUMENT, id: of.incident, value: of, expected: known.revision }],
      entry,
    );
    return of;
  }
}

const tooMany = (): DutyProblem =>
  new DutyProblem(
    'too-many',
    'There are as many of these as are kept. Write a note to the incident instead.',
  );
