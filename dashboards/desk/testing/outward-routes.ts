/// <reference types="node" />
/** For tests only: reports, duties, intelligence and sharing, in memory. */
import { Hono } from 'hono';
import type {
  DutyList,
  DutyPage,
  IndicatorList,
  IntelligenceRelevance,
  Report,
  ReportList,
  SharingList,
} from '../../../cloud/api/contract.ts';
import { breakIn } from '../fixtures/incidents.ts';

const HOUR = 3_600_000;

/** @param bodyOf the body of the request under way: it has been read before */
export function outwardRoutes(now: number, isEmpty: boolean, bodyOf: () => unknown): Hono {
  const app = new Hono();
  const sites = [{ id: 'linden', name: 'Lindenhof Pharmacy', timeZone: 'Europe/Berlin' }];
  const reports: ReportList = {
    kinds: [
      { kind: 'cold-chain', title: 'Cold-chain record' },
      { kind: 'compliance', title: 'Policy compliance' },
    ],
    sites,
    schedules: isEmpty
      ? []
      : [
          {
            id: 's1',
            kind: 'cold-chain',
            every: 'day',
            timeZone: 'Europe/Berlin',
            atMinutes: 360,
            sites: [],
            mailTo: ['a@example.org'],
            by: 'Ines Brandt',
            createdAt: now - 900 * HOUR,
            nextAt: now + 9 * HOUR,
          },
        ],
    kept: isEmpty
      ? []
      : [
          {
            id: 'k1',
            schedule: 's1',
            kind: 'cold-chain',
            title: 'Cold-chain record',
            period: {
              from: now - 48 * HOUR,
              to: now - 24 * HOUR,
              name: 'Sunday 8 November 2026',
              timeZone: 'UTC',
            },
            sites,
            madeAt: now - 20 * HOUR,
            sha256: 'ab'.repeat(32),
            mailed: { at: now - 20 * HOUR, to: ['a@example.org'] },
          },
        ],
    hasMail: true,
  };
  const from = now - 24 * HOUR;
  const report: Report = {
    kind: 'cold-chain',
    title: 'Cold-chain record',
    organisation: 'Lindenhof Group',
    period: { from, to: now, name: 'Monday 9 November 2026', timeZone: 'Europe/Berlin' },
    sites,
    madeAt: now,
    madeBy: 'Mara Oduya',
    sha256: 'ab'.repeat(32),
    checkpoint: { origin: 'gatehouse.local/audit', size: 4_711, root: 'cm9vdA==' },
    sections: [
      {
        heading: 'In short',
        blocks: [
          {
            type: 'figures',
            items: [
              { label: 'Fridges', value: '2', note: '2880 readings' },
              { label: 'Excursions', value: '1', tone: 'critical' },
              { label: 'Out of band', value: '40 min', tone: 'critical' },
              { label: 'Calibration overdue', value: '0', tone: 'good' },
            ],
          },
          {
            type: 'bars',
            title: 'Excursions by fridge',
            unit: 'excursions',
            bars: [
              { label: 'Medicine fridge', value: 1, tone: 'critical' },
              { label: 'Vaccines', value: 0 },
            ],
          },
        ],
      },
      {
        heading: 'Fridges',
        blocks: [
          {
            type: 'table',
            name: 'fridge',
            columns: [
              { name: 'fridge', title: 'Fridge' },
              { name: 'state', title: 'State' },
              { name: 'max_celsius', title: 'Highest °C', isNumber: true },
            ],
            rows: [
              ['Medicine fridge', 'not met', 9.5],
              ['Vaccines', 'met', 5.1],
            ],
            left: 3,
          },
        ],
      },
      {
        heading: 'Curves',
        blocks: [
          {
            type: 'line',
            title: 'Medicine fridge',
            unit: '°C',
            timeZone: 'Europe/Berlin',
            from,
            to: now,
            points: Array.from({ length: 96 }, (_, index) => {
              const mean = 5 + Math.sin(index / 8) + (index > 40 && index < 44 ? 4 : 0);
              return { at: from + index * (HOUR / 4), mean, min: mean - 0.3, max: mean + 0.3 };
            }),
            band: { low: 2, high: 8 },
          },
        ],
      },
    ],
  };
  app.get('/reports', (context) => context.json(reports));
  app.get('/reports/:kind', (context) => context.json(report));

  let duty: DutyPage = {
    incident: breakIn.id,
    title: breakIn.title,
    timeZone: 'Europe/Berlin',
    awareness: [],
    proposal: { at: now - 3 * HOUR, reason: 'Mara Oduya acknowledged the incident (critical).' },
    clocks: (['early-warning', 'notification', 'final'] as const).map((stage) => ({
      stage,
      regime: 'nis2',
      title: stage,
      section: 'NIS2 Art. 23(4)',
      to: 'CSIRT',
      state: 'waiting',
    })),
    decisions: [
      { regime: 'nis2', duty: 'open', answers: [], next: 'in-scope' },
      {
        regime: 'gdpr',
        duty: 'none',
        answers: [{ question: 'personal-data', answer: 'no', reason: 'No order was touched.' }],
        at: now - HOUR,
        by: 'Ines Brandt',
      },
    ],
    questions: {
      nis2: [
        {
          id: 'in-scope',
          text: 'Are we an important entity?',
          help: 'Pharmacies usually are.',
          section: 'Art. 2',
        },
      ],
      gdpr: [
        { id: 'personal-data', text: 'Is personal data concerned?', help: 'Orders.', section: 'Art. 4(1)' },
      ],
    },
    requests: [],
    drafts: [
      {
        id: 'd1',
        stage: 'early-warning',
        title: 'Early warning',
        to: 'CSIRT or competent authority',
        createdAt: now - HOUR,
        version: 2,
        fields: [{ id: 'what', title: 'What happened', text: 'A break-in' }],
        open: ['people'],
        history: [{ version: 1, at: now - HOUR, by: 'Mara Oduya' }],
      },
    ],
  };
  app.get('/duties', (context) => {
    const list: DutyList = isEmpty
      ? { items: [], unspoken: [] }
      : {
          items: [
            {
              incident: breakIn.id,
              title: breakIn.title,
              severity: breakIn.severity,
              timeZone: 'Europe/Berlin',
              clocks: [
                {
                  stage: 'early-warning',
                  regime: 'nis2',
                  title: 'Early warning',
                  section: 'NIS2 Art. 23(4)(a), 24 hours',
                  to: 'CSIRT',
                  state: 'overdue',
                  startsAt: now - 26 * HOUR,
                  dueAt: now - 2 * HOUR,
                },
                {
                  stage: 'authority',
                  regime: 'gdpr',
                  title: 'To the authority',
                  section: 'GDPR Art. 33, 72 hours',
                  to: 'Authority',
                  state: 'running',
                  startsAt: now - 26 * HOUR,
                  dueAt: now + 46 * HOUR,
                },
              ],
            },
          ],
          unspoken: [{ incident: 'other', title: 'Account taken over', severity: 'high', at: now - HOUR }],
        };
    return context.json(list);
  });
  app.get('/incidents/:id/duties', (context) => context.json({ ...duty, incident: context.req.param('id') }));
  app.post('/incidents/:id/duties/awareness', (context) => {
    const { at, reason } = bodyOf() as { at: number; reason: string };
    const { proposal: _proposal, ...rest } = duty;
    duty = {
      ...rest,
      awareness: [...duty.awareness, { at, reason, saidAt: now, by: 'Mara Oduya' }],
      clocks: duty.clocks.map((one) => ({ ...one, state: 'running', startsAt: at, dueAt: at + 24 * HOUR })),
    };
    return context.json(duty);
  });

  const indicators: IndicatorList = {
    items: isEmpty
      ? []
      : [
          {
            source: 'manual',
            id: 'indicator--1',
            name: 'Fake shop',
            type: 'domain',
            pattern: "[domain-name:value = 'linden-apotheke.example']",
            tlp: 'amber+strict',
            confidence: 80,
            confidenceNow: 52,
            validFrom: now - 400 * HOUR,
            labels: [],
            tactic: 'T1566',
            sightings: 3,
            lastAt: now - 5 * HOUR,
            isManual: true,
          },
        ],
    total: isEmpty ? 0 : 1,
  };
  const relevance: IntelligenceRelevance = {
    days: 7,
    touched: isEmpty
      ? []
      : [
          {
            source: 'cert-feed',
            id: 'indicator--2',
            name: 'Scanner',
            value: '203.0.113.7',
            severity: 'high',
            count: 12,
            lastAt: now - HOUR,
            assets: [{ id: 'shop', name: 'Web shop', site: 'Online' }],
          },
        ],
    techniques: isEmpty ? [] : [{ id: 'T1110', count: 40, sites: 2, lastAt: now }],
    sites: isEmpty
      ? []
      : [{ id: 'linden', name: 'Lindenhof Pharmacy', touched: 1, techniques: 3, detections: 9 }],
    cut: false,
  };
  const sharing: SharingList = {
    tlp: 'amber',
    groups: isEmpty
      ? []
      : [
          {
            id: 'g1',
            name: 'Pharmacies of the city',
            tlp: 'amber',
            partners: [{ name: 'Rosen Pharmacy', contact: '' }],
            collection: 'incidents',
            rules: {
              people: false,
              places: false,
              ownAddresses: false,
              story: true,
              measures: true,
              observations: true,
              times: 'hour',
            },
            fourEyes: true,
          },
        ],
    collections: [{ alias: 'incidents', title: 'Incidents', tlp: 'amber' }],
    shares: isEmpty
      ? []
      : [
          {
            id: 'x1',
            incident: breakIn.id,
            title: breakIn.title,
            group: 'g1',
            groupName: 'Pharmacies of the city',
            partners: ['Rosen Pharmacy'],
            tlp: 'amber',
            state: 'proposed',
            proposed: { at: now - HOUR, by: 'Tom Feld', text: 'They are next door' },
            sha256: 'cd'.repeat(32),
            objects: 14,
            removed: 3,
          },
        ],
  };
  app.get('/intelligence', (context) =>
    context.json({
      indicators: 1,
      matched: 12,
      feeds: isEmpty
        ? []
        : [
            { name: 'cert-feed', lastAt: now - HOUR, indicators: 1_204, revoked: 3, refused: 1 },
            { name: 'misp', indicators: 0, revoked: 0, refused: 0, problem: 'it does not answer' },
          ],
    }),
  );
  app.get('/intelligence/indicators', (context) => context.json(indicators));
  app.get('/intelligence/relevance', (context) => context.json(relevance));
  app.get('/sharing', (context) => context.json(sharing));
  return app;
}
