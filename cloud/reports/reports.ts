/** Reports as a whole: made when asked for, made by themselves, kept in bounds, mailed where mail is set up. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AuditEntry } from '../store/store.ts';
import { accessSections } from './access.ts';
import { availabilitySections } from './availability.ts';
import { dateText, periodName } from './calendar.ts';
import { coldChainSections } from './cold-chain.ts';
import { complianceSections } from './compliance.ts';
import { reportCsv } from './csv.ts';
import type { ReportParts, ReportScope } from './evidence-reader.ts';
import { incidentSections } from './incident-statistics.ts';
import { reportPdf } from './pdf.ts';
import { type Report, type ReportKind, reportKinds, reportTitles, type Section, sealed } from './report.ts';
import {
  duePeriods,
  MAX_SCHEDULES,
  SCHEDULE_DOCUMENT,
  type Schedule,
  schedule,
  type scheduleRequest,
} from './schedule.ts';

export const REPORT_DOCUMENT = 'report';
/** Kept reports of one schedule, and of all together; the oldest go. */
export const MAX_KEPT_OF_SCHEDULE = 62;
export const MAX_KEPT = 500;
/** How often it is looked whether a schedule is due, of the installation's clock. */
const LOOK_EVERY_MS = 60_000;

/** Takes a report to people. */
export interface ReportSender {
  /** @throws Error with a reason fit for a person */
  send(mail: {
    to: readonly string[];
    subject: string;
    text: string;
    attachments: readonly { name: string; mediaType: string; content: Uint8Array }[];
  }): Promise<void>;
}

export interface ReportsOptions extends ReportParts {
  checkpoint(): Report['checkpoint'];
  /** Undefined where no mail is set up. */
  sender(): ReportSender | undefined;
  onProblem(message: string): void;
}

/** What is asked for once. */
export interface ReportWish {
  kind: ReportKind;
  from: number;
  to: number;
  timeZone: string;
  sites: readonly string[];
  withPersons: boolean;
  by: string;
}

/** Of a kept report, without what it says. */
const keptHead = z.looseObject({
  id: z.string(),
  schedule: z.string(),
  kind: z.enum(reportKinds),
  title: z.string(),
  period: z.object({ from: z.number(), to: z.number(), name: z.string(), timeZone: z.string() }),
  sites: z.array(z.object({ id: z.string(), name: z.string() })),
  madeAt: z.number(),
  sha256: z.string(),
  mailed: z.object({ at: z.number(), to: z.array(z.string()), problem: z.string().optional() }).optional(),
});
const kept = z.object({ head: keptHead, report: z.custom<Report>((value) => typeof value === 'object') });
export type KeptHead = z.infer<typeof keptHead>;

const builders: Readonly<
  Record<ReportKind, (parts: ReportParts, scope: ReportScope) => Section[] | Promise<Section[]>>
> = {
  'cold-chain': coldChainSections,
  access: accessSections,
  incidents: incidentSections,
  availability: availabilitySections,
  compliance: complianceSections,
};

export class Reports {
  readonly #parts: ReportsOptions;
  #running: Promise<void> | undefined;

  constructor(parts: ReportsOptions) {
    this.#parts = parts;
  }

  get hasMail(): boolean {
    return this.#parts.sender() !== undefined;
  }

  /** Where the audit trail stands now. */
  checkpoint(): Report['checkpoint'] {
    return this.#parts.checkpoint();
  }

  async make({ kind, from, to, timeZone, sites, withPersons, by }: ReportWish): Promise<Report> {
    const { registry, clock, organisation } = this.#parts;
    const period = { from, to, timeZone, name: periodName({ from, to }, timeZone) };
    const sections = await builders[kind](this.#parts, { period, sites, withPersons });
    const checkpoint = this.#parts.checkpoint();
    return sealed(
      {
        kind,
        title: reportTitles[kind],
        organisation,
        period,
        sites: sites.map((id) => ({ id, name: registry.site(id)?.name ?? id })),
        sections,
      },
      { madeAt: clock.now(), madeBy: by, ...(checkpoint === undefined ? {} : { checkpoint }) },
    );
  }

  schedules(): Schedule[] {
    return this.#parts.store
      .documents(SCHEDULE_DOCUMENT)
      .flatMap(({ value }) => schedule.safeParse(value).data ?? []);
  }

  /** @throws RangeError where there are too many */
  async putSchedule(
    wish: z.infer<typeof scheduleRequest>,
    by: string,
    audit: (about: string) => AuditEntry,
  ): Promise<Schedule> {
    if (this.schedules().length >= MAX_SCHEDULES)
      throw new RangeError(`there are ${MAX_SCHEDULES} schedules already`);
    const one: Schedule = { ...wish, id: randomUUID(), by, createdAt: this.#parts.clock.now() };
    await this.#parts.store.putDocuments(
      [{ kind: SCHEDULE_DOCUMENT, id: one.id, value: one }],
      audit(one.id),
    );
    return one;
  }

  async endSchedule(id: string, audit: AuditEntry): Promise<void> {
    await this.#parts.store.putDocuments([{ kind: SCHEDULE_DOCUMENT, id, value: undefined }], audit);
  }

  /** The newest first. */
  kept(): KeptHead[] {
    return this.#parts.store
      .documents(REPORT_DOCUMENT)
      .flatMap(({ value }) => kept.safeParse(value).data?.head ?? [])
      .sort((a, b) => b.madeAt - a.madeAt || (a.id < b.id ? -1 : 1));
  }

  keptReport(id: string): Report | undefined {
    return kept.safeParse(this.#parts.store.document(REPORT_DOCUMENT, id)?.value).data?.report;
  }

  start(signal: AbortSignal): void {
    const { clock } = this.#parts;
    let cancel: () => void = () => undefined;
    const look = async () => {
      await this.makeDue().catch((error: unknown) => this.#parts.onProblem(messageOf(error)));
      if (!signal.aborted) cancel = clock.schedule(LOOK_EVERY_MS, () => void look());
    };
    cancel = clock.schedule(LOOK_EVERY_MS, () => void look());
    signal.addEventListener('abort', () => cancel(), { once: true });
  }

  /** Makes what is due; one after the other, never twice at once. */
  async makeDue(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#running = this.#makeDue();
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  async #makeDue(): Promise<void> {
    for (const one of this.schedules())
      for (const period of duePeriods(one, this.#parts.clock.now()))
        try {
          await this.#makeScheduled(one, period);
          one.madeFrom = period.from;
        } catch (error) {
          this.#parts.onProblem(`report ${one.kind}: ${messageOf(error)}`);
          break;
        }
  }

  async #makeScheduled(one: Schedule, period: { from: number; to: number }): Promise<void> {
    const { store, registry, clock } = this.#parts;
    const sites = one.sites.length > 0 ? one.sites : registry.document.sites.map(({ id }) => id);
    const { kind, timeZone } = one;
    const by = `schedule of ${one.by}`;
    const report = await this.make({ kind, ...period, timeZone, sites, withPersons: false, by });
    const head: KeptHead = {
      id: randomUUID(),
      schedule: one.id,
      kind,
      title: report.title,
      period: report.period,
      sites: report.sites,
      madeAt: report.madeAt,
      sha256: report.sha256,
    };
    if (one.mailTo.length > 0) head.mailed = await this.#mail(one, report);
    const all = this.kept();
    const own = all.filter((old) => old.schedule === one.id);
    const gone = new Set([
      ...own.slice(MAX_KEPT_OF_SCHEDULE - 1).map(({ id }) => id),
      ...all.slice(MAX_KEPT - 1).map(({ id }) => id),
    ]);
    const { problem: _former, ...rest } = one;
    const next: Schedule = { ...rest, madeFrom: period.from };
    if (head.mailed?.problem !== undefined) next.problem = head.mailed.problem.slice(0, 500);
    await store.putDocuments(
      [
        { kind: REPORT_DOCUMENT, id: head.id, value: { head, report } },
        // Only while it is still wanted: somebody may have ended it in the meantime.
        ...(store.document(SCHEDULE_DOCUMENT, one.id) === undefined
          ? []
          : [{ kind: SCHEDULE_DOCUMENT, id: one.id, value: next }]),
        ...[...gone].map((id) => ({ kind: REPORT_DOCUMENT, id, value: undefined })),
      ],
      {
        at: clock.now(),
        by: 'gatehouse',
        from: 'schedule',
        action: 'report.make',
        about: `${kind} ${dateText(period.from, timeZone)} ${report.sha256}`,
      },
    );
  }

  async #mail(one: Schedule, report: Report): Promise<NonNullable<KeptHead['mailed']>> {
    const { clock } = this.#parts;
    const sender = this.#parts.sender();
    if (sender === undefined) return { at: clock.now(), to: one.mailTo, problem: 'no mail is set up' };
    try {
      const name = fileName(report);
      await sender.send({
        to: one.mailTo,
        subject: `${report.title}, ${report.period.name}`,
        text: `${report.title} of ${report.period.name}.\n\nContent SHA-256: ${report.sha256}\n`,
        attachments: [
          { name: `${name}.pdf`, mediaType: 'application/pdf', content: await reportPdf(report) },
          { name: `${name}.csv`, mediaType: 'text/csv', content: Buffer.from(reportCsv(report)) },
        ],
      });
      return { at: clock.now(), to: one.mailTo };
    } catch (error) {
      return { at: clock.now(), to: one.mailTo, problem: messageOf(error).slice(0, 500) };
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `cold-chain-2026-11-22`, without the ending. */
export const fileName = ({ kind, period }: Pick<Report, 'kind' | 'period'>): string =>
  `${kind}-${dateText(period.from, period.timeZone)}`;
