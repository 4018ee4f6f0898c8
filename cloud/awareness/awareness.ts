/** Awareness and training: who of the staff has done what, certificates, and public warnings out of real incidents. */
import { createHash, randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import { instant } from '../../devices/model/identifiers.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { AuditEntry, Store } from '../store/store.ts';
import { type CauseOf, draftFor, helpsAttacker, isCause } from './campaign.ts';
import { dayOf, factsOf, fitsName, markOf, numberOf } from './certificate.ts';
import { certificatePdf } from './certificate-pdf.ts';
import type { AwarenessSettings } from './configuration.ts';
import { type Course, type CourseName, readCourse, shareOf, testFrom, testOf, testToken } from './course.ts';
import { learningPages } from './pages.ts';

const DAY_MS = 24 * 3_600_000;
/** People who learn, at most: each is a document. */
export const MAX_LEARNERS = 20_000;
/** Warnings that are kept, ended ones included. */
export const MAX_CAMPAIGNS = 500;
/** A warning nobody needs any more wears the others out. */
export const LONGEST_CAMPAIGN_MS = 30 * DAY_MS;
/** Ended warnings are forgotten after this. */
const CAMPAIGN_KEPT_MS = 365 * DAY_MS;
/** Incidents that may lead to a warning are no older. */
const CAUSE_AGE_MS = 14 * DAY_MS;
const MAX_CAUSES = 200;
const SWEEP_EVERY_MS = 3_600_000;

const LEARNER = 'awareness-learner';
const CAMPAIGN = 'awareness-campaign';
const KEY = 'awareness-key';

const learner = z.strictObject({
  id: z.string(),
  name: z.string(),
  site: z.exactOptional(z.string()),
  /** Of the invitation's secret; accounts of the desk have none. */
  tokenHash: z.exactOptional(z.string()),
  invitationUntil: z.exactOptional(instant),
  invitedBy: z.string(),
  invitedAt: instant,
  lastAt: z.exactOptional(instant),
  done: z.array(z.strictObject({ lesson: z.string(), at: instant })),
});
export type Learner = z.infer<typeof learner>;

const campaign = z.strictObject({
  id: z.string(),
  state: z.enum(['draft', 'public', 'ended']),
  theme: z.string(),
  lesson: z.string(),
  city: z.exactOptional(z.string()),
  text: z.record(z.string(), z.string()),
  incident: z.exactOptional(z.string()),
  site: z.array(z.string()),
  madeAt: instant,
  madeBy: z.string(),
  approvedBy: z.exactOptional(z.string()),
  from: z.exactOptional(instant),
  until: z.exactOptional(instant),
  endedBy: z.exactOptional(z.string()),
});
export type Campaign = z.infer<typeof campaign>;

const keyDocument = z.strictObject({ secret: z.string().regex(/^[\w-]{43}$/) });

export interface AwarenessParts {
  settings: AwarenessSettings;
  store: Pick<
    Store,
    | 'document'
    | 'documents'
    | 'putDocuments'
    | 'incidents'
    | 'incident'
    | 'handling'
    | 'currentIncident'
    | 'detection'
  >;
  registry: Registry;
  clock: Clock;
  /** Folder with the built pages. */
  folder: string;
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** Opens it; the key for certificates is made at the first start. */
export async function openAwareness(parts: AwarenessParts, signal: AbortSignal): Promise<Awareness> {
  const { store, clock } = parts;
  const known = keyDocument.safeParse(store.document(KEY, 'certificates')?.value);
  const secret = known.success ? known.data.secret : randomBytes(32).toString('base64url');
  if (!known.success) await store.putDocuments([{ kind: KEY, id: 'certificates', value: { secret } }]);
  const awareness = new Awareness(parts, Buffer.from(secret, 'base64url'));
  const sweep = () => {
    awareness.sweep().catch(() => undefined);
    if (!signal.aborted) cancel = clock.schedule(SWEEP_EVERY_MS, sweep);
  };
  let cancel = clock.schedule(SWEEP_EVERY_MS, sweep);
  signal.addEventListener('abort', () => cancel(), { once: true });
  return awareness;
}

export class Awareness {
  readonly settings: AwarenessSettings;
  /** The public site, under `/learn`. */
  readonly pages: Hono;
  readonly #parts: AwarenessParts;
  readonly #key: Uint8Array;
  readonly #byToken = new Map<string, string>();
  #course: Course | undefined;

  constructor(parts: AwarenessParts, key: Uint8Array) {
    this.#parts = parts;
    this.settings = parts.settings;
    this.#key = key;
    this.pages = learningPages(parts.folder);
    for (const { id, tokenHash } of this.learners())
      if (tokenHash !== undefined) this.#byToken.set(tokenHash, id);
  }

  /** What is taught; undefined while the pages are not built. */
  async course(): Promise<Course | undefined> {
    this.#course ??= await readCourse(this.#parts.folder);
    return this.#course;
  }

  // -- certificates ------------------------------------------------------------------------------------------

  paper(
    course: Course,
    name: CourseName,
  ): { test: string; questions: { lesson: string; question: number }[] } {
    const seed = randomBytes(9).toString('base64url');
    return {
      test: testToken(this.#key, name, seed, this.#parts.clock.now()),
      questions: testOf(course, name, seed, this.#key).map(({ lesson, question }) => ({ lesson, question })),
    };
  }

  /** Grades a test; undefined where it was not handed out here, or too long ago. Nothing is kept. */
  grade(
    course: Course,
    { test, answers, name }: { test: string; answers: readonly number[]; name: string },
  ): { passed: boolean; share: number; wrong: number[]; number?: string } | undefined {
    const { clock } = this.#parts;
    const handed = testFrom(this.#key, test, clock.now());
    if (handed === undefined) return undefined;
    const right = testOf(course, handed.name, handed.seed, this.#key).map((question) => question.right);
    const share = shareOf(right, answers);
    const wrong = right.flatMap((one, index) => (one === answers[index] ? [] : [index]));
    if (share < course.passShare) return { passed: false, share, wrong };
    const salt = randomBytes(4);
    const number = numberOf(this.#key, {
      course: handed.name,
      day: dayOf(clock.now()),
      percent: Math.round(share * 100),
      salt,
      nameMark: markOf(this.#key, salt, name),
    });
    return { passed: true, share, wrong, number };
  }

  check(number: string, name?: string) {
    const facts = factsOf(this.#key, number);
    if (facts === undefined) return undefined;
    return { facts, nameFits: name === undefined ? undefined : fitsName(this.#key, facts, name) };
  }

  /** The PDF; undefined where number and name do not belong together. */
  async pdf(number: string, name: string, language: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const found = this.check(number, name);
    if (found?.nameFits !== true) return undefined;
    const { publicAddress } = this.settings;
    const checkAddress =
      publicAddress === undefined
        ? undefined
        : new URL(`${language === 'de' ? 'de' : 'en'}/check/`, publicAddress.replace(/\/?$/, '/')).href;
    const printed = name.trim().replace(/\s+/g, ' ');
    return certificatePdf(found.facts, { name: printed, number, language, checkAddress });
  }

  // -- staff -------------------------------------------------------------------------------------------------

  learners(): Learner[] {
    return this.#parts.store.documents(LEARNER).flatMap(({ value }) => {
      const read = learner.safeParse(value);
      return read.success ? [read.data] : [];
    });
  }

  learner(id: string): Learner | undefined {
    const read = learner.safeParse(this.#parts.store.document(LEARNER, id)?.value);
    return read.success ? read.data : undefined;
  }

  /** Whose invitation it is, as long as it opens. */
  byInvitation(token: string): Learner | undefined {
    const id = this.#byToken.get(hashOf(token));
    const found = id === undefined ? undefined : this.learner(id);
    if (found?.tokenHash !== hashOf(token)) return undefined;
    return (found.invitationUntil ?? 0) > this.#parts.clock.now() ? found : undefined;
  }

  /** An account of the desk as somebody who learns, from its first lesson on. */
  byAccount(name: string): Learner {
    const id = `account:${name}`;
    return this.learner(id) ?? { id, name, invitedBy: name, invitedAt: this.#parts.clock.now(), done: [] };
  }

  /** @returns the secret of the link, which is told this once; undefined where there are too many */
  async invite(
    { name, site }: { name: string; site?: string | undefined },
    audit: AuditEntry,
  ): Promise<{ learner: Learner; token: string } | undefined> {
    const { store, clock } = this.#parts;
    if (store.documents(LEARNER).length >= MAX_LEARNERS) return undefined;
    const token = randomBytes(24).toString('base64url');
    const made: Learner = {
      id: randomBytes(9).toString('hex'),
      name,
      ...(site === undefined ? {} : { site }),
      tokenHash: hashOf(token),
      invitationUntil: clock.now() + this.settings.invitationDays * DAY_MS,
      invitedBy: audit.by,
      invitedAt: clock.now(),
      done: [],
    };
    await store.putDocuments([{ kind: LEARNER, id: made.id, value: made }], { ...audit, about: made.id });
    this.#byToken.set(hashOf(token), made.id);
    return { learner: made, token };
  }

  async remove(id: string, audit: AuditEntry): Promise<void> {
    const known = this.learner(id);
    await this.#parts.store.putDocuments([{ kind: LEARNER, id, value: undefined }], audit);
    if (known?.tokenHash !== undefined) this.#byToken.delete(known.tokenHash);
  }

  /** Whether the answers pass a lesson, which is then done. The answers are not kept. */
  async done(
    of: Learner | undefined,
    right: readonly number[],
    lesson: string,
    answers: readonly number[],
    passShare: number,
  ) {
    const passed = shareOf(right, answers) >= passShare;
    if (!passed || of === undefined) return { passed, recorded: false };
    const at = this.#parts.clock.now();
    const rest = of.done.filter((one) => one.lesson !== lesson);
    const value: Learner = { ...of, lastAt: at, done: [...rest, { lesson, at }] };
    await this.#parts.store.putDocuments([{ kind: LEARNER, id: of.id, value }], {
      at,
      by: of.name,
      from: 'learn',
      action: 'awareness.lesson-done',
      about: lesson,
    });
    return { passed, recorded: true };
  }

  // -- warnings ----------------------------------------------------------------------------------------------

  campaigns(): Campaign[] {
    const now = this.#parts.clock.now();
    return this.#parts.store
      .documents(CAMPAIGN)
      .flatMap(({ value }) => {
        const read = campaign.safeParse(value);
        return read.success ? [read.data] : [];
      })
      .map((one) =>
        one.state === 'public' && (one.until ?? 0) <= now ? { ...one, state: 'ended' as const } : one,
      )
      .sort((a, b) => b.madeAt - a.madeAt);
  }

  campaign(id: string): Campaign | undefined {
    return this.campaigns().find((one) => one.id === id);
  }

  /** Those of now, for everybody. */
  published(): Campaign[] {
    return this.campaigns().filter(({ state }) => state === 'public');
  }

  /** What of the last days may be warned of, as far as nobody has taken it up. */
  causes(sees: (site: string) => boolean): (CauseOf & { draft: NonNullable<ReturnType<typeof draftFor>> })[] {
    const { store, clock } = this.#parts;
    const taken = new Set(this.campaigns().map(({ incident }) => incident));
    return store
      .incidents({ lastFrom: clock.now() - CAUSE_AGE_MS, offset: 0, limit: MAX_CAUSES })
      .flatMap(({ incident }) => this.cause(incident.id) ?? [])
      .filter(({ id, state, sites }) => !taken.has(id) && isCause(state) && sites.every(sees));
  }

  cause(id: string): (CauseOf & { draft: NonNullable<ReturnType<typeof draftFor>> }) | undefined {
    const { store, registry } = this.#parts;
    const incident = store.incident(store.currentIncident(id));
    if (incident === undefined) return undefined;
    const rules = [...new Set(incident.detections.flatMap((one) => store.detection(one)?.rule ?? []))];
    const sites = [...new Set(incident.assets.flatMap((asset) => registry.asset(asset)?.site ?? []))];
    const draft = draftFor({ rules, sites }, (site) => this.settings.cities[site]);
    const state = store.handling(incident.id)?.state ?? 'open';
    return draft === undefined
      ? undefined
      : { id: incident.id, title: incident.title, rules, sites, state, draft };
  }

  /** Whether what a draft came from still runs. */
  mustWait({ incident }: Campaign): boolean {
    const { store } = this.#parts;
    if (incident === undefined) return false;
    return helpsAttacker(store.handling(store.currentIncident(incident))?.state ?? 'resolved');
  }

  async put(value: Campaign, audit: AuditEntry): Promise<Campaign> {
    await this.#parts.store.putDocuments([{ kind: CAMPAIGN, id: value.id, value }], audit);
    return value;
  }

  async discard(id: string, audit: AuditEntry): Promise<void> {
    await this.#parts.store.putDocuments([{ kind: CAMPAIGN, id, value: undefined }], audit);
  }

  /** Names that no public text may hold. */
  names(): string[] {
    const { registry } = this.#parts;
    const { identities, sites, assets } = registry.document;
    return [...identities, ...sites, ...assets].map(({ name }) => name);
  }

  /** Deletes what has been kept for long enough. Pure repetition: it may run at any time. */
  async sweep(): Promise<void> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const keptMs = this.settings.retentionDays * DAY_MS;
    const gone = this.learners().filter(({ lastAt, invitedAt }) => (lastAt ?? invitedAt) + keptMs <= now);
    const old = this.campaigns().filter(
      ({ state, until, madeAt }) => state === 'ended' && (until ?? madeAt) + CAMPAIGN_KEPT_MS <= now,
    );
    if (gone.length + old.length === 0) return;
    await store.putDocuments(
      [
        ...gone.map(({ id }) => ({ kind: LEARNER, id, value: undefined })),
        ...old.map(({ id }) => ({ kind: CAMPAIGN, id, value: undefined })),
      ],
      {
        at: now,
        by: 'gatehouse',
        from: 'house',
        action: 'awareness.retention',
        about: `${gone.length} learners`,
      },
    );
    for (const { tokenHash } of gone) if (tokenHash !== undefined) this.#byToken.delete(tokenHash);
  }
}
