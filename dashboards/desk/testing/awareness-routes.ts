/** For tests only: the public's warnings and what staff have learnt. */
import { Hono } from 'hono';
import type { AwarenessOverview } from '../../../cloud/api/contract.ts';
import { breakIn } from '../fixtures/incidents.ts';

const DAY_MS = 86_400_000;

export function awarenessRoutes(now: number, isEmpty: boolean): Hono {
  const text = {
    en: 'A false courier has been seen in Lindau.',
    de: 'Ein falscher Bote wurde in Lindau gesehen.',
  };
  const full: AwarenessOverview = {
    lessons: [
      { id: 'phishing', audience: 'shop', title: 'Phishing' },
      { id: 'tailgating', audience: 'staff', title: 'Tailgating' },
    ],
    suggestions: [
      { incident: breakIn.id, incidentTitle: breakIn.title, theme: 'break-in', lesson: 'robbery', text },
      {
        incident: 'i-2026-0116',
        incidentTitle: 'False courier at the warehouse',
        theme: 'false-courier',
        lesson: 'parcel-scams',
        city: 'Lindau',
        text,
        waits: 'not-contained',
      },
    ],
    campaigns: [
      {
        id: 'c-1',
        state: 'draft',
        theme: 'false-courier',
        lesson: 'parcel-scams',
        city: 'Lindau',
        text,
        incident: breakIn.id,
        madeAt: now - DAY_MS,
        madeBy: 'Tom Feld',
      },
      {
        id: 'c-2',
        state: 'public',
        theme: 'phishing',
        lesson: 'phishing',
        text,
        madeAt: now - 3 * DAY_MS,
        madeBy: 'Tom Feld',
        approvedBy: 'Ines Brandt',
        from: now - 2 * DAY_MS,
        until: now + 5 * DAY_MS,
      },
      {
        id: 'c-3',
        state: 'ended',
        theme: 'fake-shop',
        lesson: 'fake-shops',
        text,
        madeAt: now - 30 * DAY_MS,
        madeBy: 'Ines Brandt',
        approvedBy: 'Mara Oduya',
        from: now - 29 * DAY_MS,
        until: now - 20 * DAY_MS,
        endedBy: 'Ines Brandt',
      },
    ],
    learners: [
      {
        id: 'l-1',
        name: 'Jonas Keller',
        site: 'pharmacy-lindenhof',
        siteName: 'Lindenhof Pharmacy',
        invitedBy: 'Ines Brandt',
        invitedAt: now - 10 * DAY_MS,
        lastAt: now - DAY_MS,
        done: ['phishing', 'tailgating'],
      },
      {
        id: 'l-2',
        name: 'Anna Weber',
        invitedBy: 'Ines Brandt',
        invitedAt: now - DAY_MS,
        invitationUntil: now + 6 * DAY_MS,
        done: [],
      },
    ],
    sites: [{ id: 'pharmacy-lindenhof', name: 'Lindenhof Pharmacy' }],
    retentionDays: 730,
  };
  const overview: AwarenessOverview = isEmpty
    ? { ...full, suggestions: [], campaigns: [], learners: [] }
    : full;
  const app = new Hono();
  app.get('/', (context) => context.json(overview));
  return app;
}
