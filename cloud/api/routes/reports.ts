import type { Context } from 'hono';
import { z } from 'zod';
import { instant } from '../../../devices/model/identifiers.ts';
import { periodAround } from '../../reports/calendar.ts';
import { reportCsv } from '../../reports/csv.ts';
import { reportPdf } from '../../reports/pdf.ts';
import { type Report, reportKinds, reportTitles } from '../../reports/report.ts';
import { fileName, type KeptHead } from '../../reports/reports.ts';
import { nextMoment, scheduleRequest, timeZoneName } from '../../reports/schedule.ts';
import { addressOf } from '../client.ts';
import type { KeptReportRow, ReportList } from '../contract/reports.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Caller, type Route, route } from '../route.ts';
import { fileHeaders } from './duties.ts';

const format = z.enum(['json', 'pdf', 'csv']).default('json');
const one = z.strictObject({ id: z.string().min(1).max(128) });
const reportList = z.looseObject({ kinds: z.array(z.looseObject({})), kept: z.array(z.looseObject({})) });
const list = { schema: reportList, title: 'Kinds, schedules and kept reports' } as const;

/** Longest period of one report. */
const MAX_PERIOD_MS = 367 * 24 * 3_600_000;

/** Reports: on screen, as PDF and as CSV; by schedule. */
export function reportRoutes(parts: ApiParts): Route[] {
  const { reports, registry, store, clock, options } = parts;

  /** The one place that chooses sites: those that are asked for and seen, or all that are seen. */
  const sitesFor = ({ scope }: Caller, wanted: readonly string[]): string[] => {
    const seen = registry.document.sites.map(({ id }) => id).filter((id) => scope.seesSite(id));
    const chosen = wanted.length === 0 ? seen : wanted.filter((id) => seen.includes(id));
    if (chosen.length === 0) throw notThere('site');
    return chosen;
  };
  /** Kept reports and schedules of sites that are all the caller's. */
  const isOwn = ({ scope }: Caller, sites: readonly string[]): boolean =>
    sites.length === 0 ? scope.isAll : sites.every((id) => scope.seesSite(id));

  const rowOf = (head: KeptHead): KeptReportRow => {
    const { id, schedule, kind, title, period, sites, madeAt, sha256, mailed } = head;
    const told =
      mailed === undefined
        ? undefined
        : {
            at: mailed.at,
            to: mailed.to,
            ...(mailed.problem === undefined ? {} : { problem: mailed.problem }),
          };
    return {
      id,
      schedule,
      kind,
      title,
      period,
      sites,
      madeAt,
      sha256,
      ...(told === undefined ? {} : { mailed: told }),
    };
  };
  const listFor = (caller: Caller): ReportList => ({
    kinds: reportKinds.map((kind) => ({ kind, title: reportTitles[kind] })),
    sites: registry.document.sites
      .filter(({ id }) => caller.scope.seesSite(id))
      .map(({ id, name, timeZone }) => ({ id, name, timeZone })),
    schedules: reports
      .schedules()
      .filter(({ sites }) => isOwn(caller, sites))
      .map(({ madeFrom: _made, ...rest }) => {
        const { problem, ...row } = rest;
        return {
          ...row,
          nextAt: nextMoment(row, clock.now()),
          ...(problem === undefined ? {} : { problem }),
        };
      }),
    kept: reports
      .kept()
      .filter(({ sites }) =>
        isOwn(
          caller,
          sites.map(({ id }) => id),
        ),
      )
      .map(rowOf),
    hasMail: reports.hasMail,
  });
  const answered = async (context: Context, report: Report, wanted: z.infer<typeof format>) => {
    if (wanted === 'json') return context.json(report);
    const name = fileName(report);
    return wanted === 'csv'
      ? context.body(reportCsv(report), 200, fileHeaders('text/csv; charset=utf-8', `${name}.csv`))
      : context.body(
          Buffer.from(await reportPdf(report)),
          200,
          fileHeaders('application/pdf', `${name}.pdf`),
        );
  };

  return [
    route({
      method: 'get',
      path: '/api/reports',
      title: 'Which reports there are, what is made by itself, what was kept',
      needs: 'reports.read',
      answer: list,
      handle: ({ context }, caller) => context.json(listFor(caller)),
    }),
    route({
      method: 'post',
      path: '/api/reports/schedules',
      title: 'Make a report every day, week or month',
      needs: 'reports.schedule',
      body: scheduleRequest,
      answer: list,
      async handle({ context, body }, caller) {
        // Who does not see all sites may not ask for "all": it would grow beyond theirs.
        const sites = body.sites.length === 0 && caller.scope.isAll ? [] : sitesFor(caller, body.sites);
        try {
          await reports.putSchedule({ ...body, sites }, caller.name, (id) => ({
            at: clock.now(),
            by: caller.name,
            from: addressOf(context, options),
            action: 'report.schedule',
            about: `${id} ${body.kind} every ${body.every}`,
          }));
        } catch (error) {
          if (error instanceof RangeError) throw new Problem(409, 'too-many', error.message);
          throw error;
        }
        return context.json(listFor(caller));
      },
    }),
    route({
      method: 'delete',
      path: '/api/reports/schedules/:id',
      title: 'No longer make a report by itself; those that were made stay',
      needs: 'reports.schedule',
      params: one,
      answer: list,
      async handle({ context, params }, caller) {
        const found = reports.schedules().find(({ id }) => id === params.id);
        if (found === undefined || !isOwn(caller, found.sites)) throw notThere('schedule');
        await reports.endSchedule(found.id, {
          at: clock.now(),
          by: caller.name,
          from: addressOf(context, options),
          action: 'report.unschedule',
          about: found.id,
        });
        return context.json(listFor(caller));
      },
    }),
    route({
      method: 'get',
      path: '/api/reports/kept/:id',
      title: 'A report that was made by itself, as it was made',
      needs: 'reports.read',
      params: one,
      query: z.strictObject({ format }),
      answer: { mediaType: 'application/json', title: 'The report, or its file' },
      handle({ context, params, query }, caller) {
        const report = reports.keptReport(params.id);
        const sites = report?.sites.map(({ id }) => id) ?? [];
        if (report === undefined || !isOwn(caller, sites)) throw notThere('report');
        return answered(context, report, query.format);
      },
    }),
    route({
      method: 'get',
      path: '/api/reports/:kind',
      title: 'A report of a period and sites; names of people only for those who may read them',
      needs: 'reports.read',
      params: z.strictObject({ kind: z.enum(reportKinds) }),
      query: z.strictObject({
        /** Where no times are given: the day, week or month so many before this one, on the wall. */
        every: z.enum(['day', 'week', 'month']).default('day'),
        back: z.coerce.number().int().min(0).max(400).default(1),
        from: z.coerce.number().pipe(instant).optional(),
        to: z.coerce.number().pipe(instant).optional(),
        timeZone: timeZoneName,
        sites: z.string().max(20_000).default(''),
        persons: z.enum(['yes', 'no']).default('no'),
        format,
      }),
      answer: { mediaType: 'application/json', title: 'The report, or its file' },
      async handle({ context, params, query }, caller) {
        const { timeZone, every, back } = query;
        const named = periodAround(every, clock.now(), timeZone, -back);
        const { from = named.from, to = named.to } = query;
        if (to <= from || to - from > MAX_PERIOD_MS)
          throw new Problem(400, 'period', 'A report is about a moment up to a year.', { field: 'to' });
        const withPersons = query.persons === 'yes';
        if (withPersons && !mayDo(caller.role, 'reports.persons'))
          throw new Problem(403, 'forbidden', 'Your role does not allow names of people in reports.');
        const sites = sitesFor(
          caller,
          query.sites.split(',').filter((id) => id !== ''),
        );
        const report = await reports.make({
          kind: params.kind,
          from,
          to,
          timeZone,
          sites,
          withPersons,
          by: caller.name,
        });
        if (query.format !== 'json' || withPersons)
          await store.audit({
            at: clock.now(),
            by: caller.name,
            from: addressOf(context, options),
            action: 'report.export',
            about: `${params.kind} ${report.period.name} ${query.format}${withPersons ? ' with names' : ''} ${report.sha256}`,
          });
        return answered(context, report, query.format);
      },
    }),
  ];
}
