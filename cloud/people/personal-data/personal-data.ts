/** Personal data by policy: kept for a time, held where the law asks for it, handed out, and erased. */
import { createHash, randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock } from '../../../devices/model/clock.ts';
import { instant, plainText } from '../../../devices/model/identifiers.ts';
import type { Identity } from '../../../devices/model/identity.ts';
import type { Observation } from '../../../devices/model/observation.ts';
import type { Registry } from '../../../devices/model/registry.ts';
import type { ErasureReport, LegalHold, RetentionRun } from '../../api/contract/people.ts';
import { knownNamesOf } from '../../redaction/known-names.ts';
import { MAX_REDACTED_AT_ONCE } from '../../store/personal.ts';
import { type AuditEntry, HOUSE, type Store } from '../../store/store.ts';
import type { WholeAccount } from '../accounts.ts';
import type { People } from '../people.ts';
import type { PersonalDataSettings } from '../settings.ts';
import { dataKinds } from './kinds.ts';
import { isAccessRecord, isOf, type Names, namesSomebody, withoutPeople } from './redact.ts';

/** Observations read at a time; in between others have their turn. */
const READ_AT_ONCE = 1_000;
/** Observations looked at, and pictures and addresses deleted, in one pass; the next goes on. */
export const MAX_LOOKED_AT = 200_000;
export const MAX_DELETED_OF_KIND = 5_000;
/** Observations handed out of one person, the newest. */
export const MAX_EXPORTED = 50_000;
export const MAX_HOLDS = 500;
const MAX_RUNS = 50;
/** Around an incident on hold nothing at its assets is deleted. */
const AROUND_INCIDENT_MS = 24 * 3_600_000;

const legalHold = z.strictObject({
  id: z.string(),
  about: z.union([
    z.strictObject({ person: z.string().max(256) }),
    z.strictObject({ incident: z.string().max(256) }),
  ]),
  name: plainText.max(256),
  reason: plainText.max(500),
  by: z.string().max(128),
  at: instant,
});

const runs = z.array(
  z.object({
    at: instant,
    deleted: z.record(z.enum(dataKinds), z.number()),
    held: z.number(),
    isCut: z.boolean(),
    problem: z.string().exactOptional(),
  }),
);

/** Why something can't be done, fit for a person. */
export class OnHold extends Error {
  constructor(reason: string) {
    super(`A legal hold keeps it: ${reason}`);
    this.name = 'OnHold';
  }
}

export interface PersonalDataParts {
  store: Store;
  registry: Registry;
  clock: Clock;
  people: People;
  settings: PersonalDataSettings;
  onProblem(message: string): void;
}

/** Who asks, and from where. */
interface Actor {
  name: string;
  from: string;
}

/** What a hold keeps. */
interface Held {
  names: Names;
  evidence: ReadonlySet<string>;
  around: readonly { assets: ReadonlySet<string>; from: number; to: number }[];
}

const nothingDeleted = (): RetentionRun['deleted'] => ({
  pictures: 0,
  accessRecords: 0,
  observations: 0,
  sessions: 0,
  audit: 0,
});

export class PersonalData {
  readonly #parts: PersonalDataParts;
  #running: Promise<RetentionRun> | undefined;

  constructor(parts: PersonalDataParts) {
    this.#parts = parts;
  }

  get settings(): PersonalDataSettings {
    return this.#parts.settings;
  }

  /** Carries the policy out now and then, in the installation's time. */
  start(signal: AbortSignal): () => Promise<void> {
    const { clock, settings, onProblem } = this.#parts;
    let cancel: () => void = () => undefined;
    const next = () => {
      if (signal.aborted) return;
      cancel = clock.schedule(settings.everyMs, () => {
        this.run(signal)
          .catch((error: unknown) => onProblem(String(error)))
          .finally(next);
      });
    };
    if (Object.values(settings.keep).some((keptMs) => keptMs !== undefined)) next();
    signal.addEventListener('abort', () => cancel(), { once: true });
    return async () => {
      await this.#running?.catch(() => undefined);
    };
  }

  holds(): LegalHold[] {
    return this.#parts.store.documents('legal-hold').map(({ value }) => legalHold.parse(value));
  }

  runs(): RetentionRun[] {
    const stored = this.#parts.store.document('retention', 'runs');
    return stored === undefined ? [] : runs.parse(stored.value);
  }

  /** @throws RangeError where there is no such person or incident, or there are too many holds */
  async hold(about: LegalHold['about'], reason: string, { name: by, from }: Actor): Promise<LegalHold> {
    const { store, registry, clock } = this.#parts;
    const name =
      'person' in about ? registry.identity(about.person)?.name : store.incident(about.incident)?.title;
    if (name === undefined) throw new RangeError('there is nothing to hold');
    if (this.holds().length >= MAX_HOLDS) throw new RangeError(`there are ${MAX_HOLDS} holds already`);
    const one: LegalHold = { id: randomUUID(), about, name, reason, by, at: clock.now() };
    const audit = { at: one.at, by, from, action: 'legal-hold.made', about: `${idOf(about)}: ${reason}` };
    await store.putDocuments([{ kind: 'legal-hold', id: one.id, value: one }], audit);
    return one;
  }

  /** Whether there was such a hold; what it kept is looked at again. */
  async release(id: string, { name: by, from }: Actor): Promise<boolean> {
    const { store, clock } = this.#parts;
    const found = this.holds().find((one) => one.id === id);
    if (found === undefined) return false;
    const audit = { at: clock.now(), by, from, action: 'legal-hold.ended', about: idOf(found.about) };
    await store.putDocuments([{ kind: 'legal-hold', id, value: undefined }], audit);
    for (const kind of ['accessRecords', 'observations']) await store.putCursor(`retention/${kind}`, '0');
    return true;
  }

  /** One pass of the policy; one that runs already is joined. */
  run(signal?: AbortSignal): Promise<RetentionRun> {
    this.#running ??= this.#pass(signal).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #pass(signal: AbortSignal | undefined): Promise<RetentionRun> {
    const { store, clock, people, settings } = this.#parts;
    const now = clock.now();
    const { keep } = settings;
    const deleted = nothingDeleted();
    const held = this.#held();
    const counts = { held: 0, isCut: false };
    for (const kind of ['accessRecords', 'observations'] as const) {
      const keptMs = kind === 'accessRecords' ? keep.accessRecordsMs : keep.observationsMs;
      if (keptMs !== undefined)
        deleted[kind] = await this.#redactOlder(kind, now - keptMs, now, held, counts, signal);
    }
    if (keep.picturesMs !== undefined)
      deleted.pictures = await this.#dropPictures(now - keep.picturesMs, now, held, counts, signal);
    if (keep.sessionsMs !== undefined) deleted.sessions = await people.sessions.sweep(MAX_DELETED_OF_KIND);
    if (keep.auditMs !== undefined) {
      deleted.audit = await store.personal.dropAuditAddresses(now - keep.auditMs, MAX_DELETED_OF_KIND);
      if (deleted.audit >= MAX_DELETED_OF_KIND) counts.isCut = true;
    }
    const run: RetentionRun = { at: now, deleted, ...counts };
    const total = Object.values(deleted).reduce((sum, one) => sum + one, 0);
    const said = dataKinds.flatMap((kind) => (deleted[kind] === 0 ? [] : [`${kind} ${deleted[kind]}`]));
    const audit: AuditEntry[] =
      total === 0
        ? []
        : [{ at: now, by: HOUSE, from: '', action: 'personal-data.deleted', about: said.join(', ') }];
    const value = [run, ...this.runs()].slice(0, MAX_RUNS);
    await store.putDocuments([{ kind: 'retention', id: 'runs', value }], audit);
    return run;
  }

  async #redactOlder(
    kind: 'accessRecords' | 'observations',
    before: number,
    now: number,
    held: Held,
    counts: { held: number; isCut: boolean },
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const { store, registry } = this.#parts;
    const known = knownNamesOf(registry);
    let at = Number(store.cursor(`retention/${kind}`) ?? 0);
    let count = 0;
    for (let looked = 0; looked < MAX_LOOKED_AT; ) {
      const page = store.personal.observationsAfter(at, before, READ_AT_ONCE);
      looked += page.length;
      const over = page.filter(
        ({ observation }) =>
          isAccessRecord(observation) === (kind === 'accessRecords') && namesSomebody(observation, known),
      );
      const free = over.filter(({ observation }) => !isHeld(observation, held));
      counts.held += over.length - free.length;
      await this.#redact(free, now);
      count += free.length;
      at = page.at(-1)?.number ?? at;
      if (page.length > 0) await store.putCursor(`retention/${kind}`, String(at));
      if (page.length < READ_AT_ONCE || signal?.aborted === true) return count;
      await setImmediate();
    }
    counts.isCut = true;
    return count;
  }

  async #redact(of: readonly { number: number; observation: Observation }[], now: number): Promise<void> {
    const known = knownNamesOf(this.#parts.registry);
    for (let from = 0; from < of.length; from += MAX_REDACTED_AT_ONCE)
      await this.#parts.store.personal.redactObservations(
        of
          .slice(from, from + MAX_REDACTED_AT_ONCE)
          .map(({ number, observation }) => ({ number, observation: withoutPeople(observation, known) })),
        now,
      );
  }

  async #dropPictures(
    before: number,
    now: number,
    held: Held,
    counts: { held: number; isCut: boolean },
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const { store, registry } = this.#parts;
    // Of a site with an incident on hold all pictures of its time are held: any camera may have seen it.
    const sites = held.around.map(({ assets, from, to }) => ({
      from,
      to,
      sites: new Set([...assets].flatMap((id) => registry.asset(id)?.site ?? [])),
    }));
    const found = store.personal.picturesBefore(before, MAX_DELETED_OF_KIND);
    const free = found.filter(({ asset, at }) => {
      const site = registry.asset(asset)?.site;
      return !sites.some(
        (one) => at >= one.from && at <= one.to && (site === undefined || one.sites.has(site)),
      );
    });
    counts.held += found.length - free.length;
    if (found.length >= MAX_DELETED_OF_KIND) counts.isCut = true;
    let count = 0;
    for (let from = 0; from < free.length && signal?.aborted !== true; from += MAX_REDACTED_AT_ONCE) {
      const some = free.slice(from, from + MAX_REDACTED_AT_ONCE);
      await store.personal.dropPictures(
        some.map(({ id }) => id),
        now,
      );
      count += some.length;
    }
    return count;
  }

  #held(): Held {
    const { store, registry } = this.#parts;
    const names = new Set<string>();
    const evidence = new Set<string>();
    const around: Held['around'][number][] = [];
    for (const { about } of this.holds()) {
      if ('person' in about) {
        const person = registry.identity(about.person);
        for (const name of person === undefined ? [] : this.#namesOf(person)) names.add(name);
        continue;
      }
      const incident = store.incident(about.incident);
      if (incident === undefined) continue;
      for (const id of incident.detections)
        for (const one of store.detection(id)?.evidence ?? []) evidence.add(one);
      around.push({
        assets: new Set(incident.assets),
        from: incident.first - AROUND_INCIDENT_MS,
        to: incident.last + AROUND_INCIDENT_MS,
      });
    }
    return { names, evidence, around };
  }

  #namesOf({ id, badges, accounts, devices }: Identity): Names {
    return new Set([id, ...badges, ...accounts, ...devices].map((name) => name.toLowerCase()));
  }

  /** The desk's account of a person of the registry. */
  #accountOf(person: Identity): WholeAccount | undefined {
    const names = new Set(person.accounts.map((name) => name.toLowerCase()));
    return this.#parts.people.accounts
      .all()
      .find(({ name, profile }) => profile.person === person.id || names.has(name.toLowerCase()));
  }

  /**
   * Everything that is kept about a person, for themselves (GDPR Art. 15 and 20).
   * @throws RangeError where the registry knows no such person
   */
  async export(id: string, { name: by, from }: Actor): Promise<PersonExport> {
    const { registry, store, clock, people } = this.#parts;
    const person = registry.identity(id);
    if (person === undefined) throw new RangeError(`there is no person ${id}`);
    const names = this.#namesOf(person);
    const account = this.#accountOf(person);
    const observations = await this.#observationsOf(names, MAX_EXPORTED);
    const now = clock.now();
    const incidents = this.#incidentsOf(id);
    await store.audit({ at: now, by, from, action: 'personal-data.exported', about: id });
    return {
      format: 'gatehouse-person/1',
      exportedAt: now,
      person,
      ...(account === undefined
        ? {}
        : {
            account: {
              name: account.name,
              role: account.role,
              scope: account.profile.scope,
              ...(account.profile.displayName === undefined
                ? {}
                : { displayName: account.profile.displayName }),
              ...(account.profile.email === undefined ? {} : { email: account.profile.email }),
              passkeys: account.profile.passkeys.map(({ name, at }) => ({ name, at })),
              sessions: people.sessions
                .list(account.name)
                .map(({ at, from: whence, agent, method }) => ({ at, from: whence, agent, method })),
            },
          }),
      observations: observations.found.map(({ observation }) => observation),
      isCut: observations.isCut,
      incidents: incidents.map(({ id: incident, title, first, last }) => ({
        id: incident,
        title,
        first,
        last,
      })),
      acts:
        account === undefined
          ? []
          : store.audited({ offset: 0, limit: MAX_EXPORTED }).filter((entry) => entry.by === account.name),
      holds: this.holds().filter(({ about }) => 'person' in about && about.person === id),
    };
  }

  /**
   * Takes a person out of what was seen, and their account away. What the law demands to keep stays, and is named.
   * @throws OnHold
   * @throws RangeError where the registry knows no such person
   */
  async erase(id: string, { name: by, from }: Actor): Promise<ErasureReport> {
    const { registry, store, clock, people } = this.#parts;
    const person = registry.identity(id);
    if (person === undefined) throw new RangeError(`there is no person ${id}`);
    const holding = this.holds().find(({ about }) => 'person' in about && about.person === id);
    if (holding !== undefined) throw new OnHold(holding.reason);
    const at = clock.now();
    const names = this.#namesOf(person);
    const held = this.#held();
    const { found } = await this.#observationsOf(names, Number.POSITIVE_INFINITY);
    const free = found.filter(({ observation }) => !isHeld(observation, held));
    await this.#redact(free, at);
    const account = this.#accountOf(person);
    const pseudonym = `person-${createHash('sha256').update(`${id} ${randomUUID()}`).digest('hex').slice(0, 12)}`;
    if (account !== undefined) {
      await people.accounts.update(account.name, ({ scope, createdAt }) => ({
        scope,
        ...(createdAt === undefined ? {} : { createdAt }),
        passkeys: [],
        recoveryCodes: [],
        locked: { at, by, reason: 'Erased at the person’s request' },
      }));
      await people.accounts.put({ name: account.name, role: account.role, passwordHash: '' });
      await people.sessions.endAll(account.name);
    }
    const incidents = this.#incidentsOf(id);
    const acts =
      account === undefined
        ? 0
        : store.audited({ offset: 0, limit: MAX_EXPORTED }).filter((entry) => entry.by === account.name)
            .length;
    const report: ErasureReport = {
      person: id,
      pseudonym,
      at,
      by,
      erased: [
        { what: 'observations', count: free.length },
        { what: 'account', count: account === undefined ? 0 : 1 },
      ].filter(({ count }) => count > 0),
      kept: [
        {
          what: 'observations on hold',
          count: found.length - free.length,
          why: 'Legal hold: needed for legal claims (GDPR Art. 17 (3) e).',
        },
        {
          what: 'incidents',
          count: incidents.length,
          why: 'Evidence of security incidents, under their id alone (GDPR Art. 17 (3) b and e; NIS2 Art. 23).',
        },
        {
          what: 'acts',
          count: acts,
          why: 'Who did what at the desk stays in the tamper-evident trail (GDPR Art. 5 (2), Art. 17 (3) b).',
        },
        {
          what: 'entry of the registry',
          count: 1,
          why: 'Doors go by it. Take the person out of the registry to end their rights of access.',
        },
      ].filter(({ count }) => count > 0),
    };
    // The trail names the pseudonym; who it was stands nowhere but in this answer.
    await store.putDocuments(
      [{ kind: 'erasure', id: randomUUID(), value: { ...report, person: pseudonym } }],
      {
        at,
        by,
        from,
        action: 'personal-data.erased',
        about: pseudonym,
      },
    );
    return report;
  }

  #incidentsOf(person: string) {
    return this.#parts.store
      .incidents({ offset: 0, limit: MAX_EXPORTED })
      .flatMap(({ incident }) => (incident.identities.includes(person) ? [incident] : []));
  }

  async #observationsOf(names: Names, limit: number) {
    const { store, clock } = this.#parts;
    const found: { number: number; observation: Observation }[] = [];
    for (let at = 0; ; ) {
      const page = store.personal.observationsAfter(at, clock.now() + 1, READ_AT_ONCE);
      for (const one of page) if (isOf(one.observation, names)) found.push(one);
      // The newest are handed out: the first are given up.
      if (found.length > 2 * limit) found.splice(0, found.length - limit);
      at = page.at(-1)?.number ?? at;
      if (page.length < READ_AT_ONCE) break;
      await setImmediate();
    }
    const isCut = found.length > limit;
    return { found: isCut ? found.slice(-limit) : found, isCut };
  }
}

export interface PersonExport {
  format: 'gatehouse-person/1';
  exportedAt: number;
  person: Identity;
  account?: object;
  observations: Observation[];
  /** There were more observations than are handed out at once: these are the newest. */
  isCut: boolean;
  incidents: { id: string; title: string; first: number; last: number }[];
  acts: AuditEntry[];
  holds: LegalHold[];
}

const idOf = (about: LegalHold['about']): string =>
  'person' in about ? `person ${about.person}` : `incident ${about.incident}`;

function isHeld(observation: Observation, { names, evidence, around }: Held): boolean {
  return (
    evidence.has(observation.id) ||
    (names.size > 0 && isOf(observation, names)) ||
    around.some(
      ({ assets, from, to }) =>
        assets.has(observation.asset) && observation.observedAt >= from && observation.observedAt <= to,
    )
  );
}

/** The same for reading: no program is needed. */
export function readable({ person, observations, incidents, acts, exportedAt, isCut }: PersonExport): string {
  const time = (at: number) => new Date(at).toISOString().replace('T', ' ').slice(0, 19);
  const list = (title: string, lines: readonly string[]) => [
    '',
    `${title} (${lines.length})`,
    ...(lines.length === 0 ? ['  nothing'] : lines.map((line) => `  ${line}`)),
  ];
  return `${[
    `What Gatehouse keeps about ${person.name}`,
    `Made on ${time(exportedAt)} UTC`,
    ...list('Known as', [
      `person ${person.id}, ${person.kind}`,
      ...person.badges.map((badge) => `badge ${badge}`),
      ...person.accounts.map((account) => `account ${account}`),
      ...person.devices.map((device) => `device ${device}`),
      ...person.sites.map((site) => `works at ${site}`),
    ]),
    ...list(
      isCut ? 'What was seen, the newest' : 'What was seen',
      observations.map(
        ({ observedAt, kind, asset, site }) => `${time(observedAt)} ${kind} at ${asset}, ${site}`,
      ),
    ),
    ...list(
      'Incidents that name this person',
      incidents.map(({ first, title }) => `${time(first)} ${title}`),
    ),
    ...list(
      'What this person did at the desk',
      acts.map(({ at, action, about }) => `${time(at)} ${action} ${about}`),
    ),
  ].join('\n')}\n`;
}
