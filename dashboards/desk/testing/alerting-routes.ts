/// <reference types="node" />
/** For tests only: the part of the server that tells people of incidents. */
import { Hono } from 'hono';
import type { AlertChain, AlertingPage, AlertPreferences, SentAlerts } from '../../../cloud/api/contract.ts';

const MINUTE = 60_000;

/** @param bodyOf the body of the request under way: it has been read before */
export function alertingRoutes(now: number, mayArrange: boolean, bodyOf: () => unknown): Hono {
  let page: AlertingPage = {
    preferences: { push: 'medium', mail: 'high', sound: 'high' },
    address: 'mara.oduya@lindenhof.example',
    devices: [{ id: 'a'.repeat(32), name: 'Firefox on Android', at: now - 40 * 24 * 60 * MINUTE }],
    pushKey: 'BElPVYxVXHkYtVCJcYgvGzIVUCkWl2CPAQIYxeYfNYJ1dWY4ZhqBJ4fkRGf5IB7bWlqDvWz5sGJtW5sU5dLz2Ho',
    hasMail: true,
    webhooks: mayArrange ? [{ name: 'chat', title: 'Team chat' }] : [],
    chains: [
      {
        id: 'pharmacies',
        title: 'Pharmacies at night',
        sites: ['linden'],
        from: 'high',
        steps: [
          { afterMs: 0, to: [{ kind: 'on-duty' }, { kind: 'webhook', name: 'chat' }] },
          { afterMs: 5 * MINUTE, to: [{ kind: 'role', role: 'supervisor' }] },
          { afterMs: 15 * MINUTE, to: [{ kind: 'person', account: 'Ines Brandt' }] },
        ],
        repeats: 2,
      },
      {
        id: 'all',
        title: 'Everything else',
        sites: [],
        from: 'medium',
        steps: [{ afterMs: 0, to: [{ kind: 'on-duty' }] }],
        repeats: 0,
      },
    ],
    isDefaultChain: false,
    mayArrange,
    people: mayArrange
      ? [
          { name: 'Mara Oduya', role: 'operator' },
          { name: 'Ines Brandt', role: 'supervisor' },
        ]
      : [],
    sites: [
      { id: 'linden', name: 'Lindenhof Pharmacy' },
      { id: 'north', name: 'North warehouse' },
    ],
  };
  const one = (over: Partial<SentAlerts['items'][number]>): SentAlerts['items'][number] => ({
    id: Math.random().toString(36),
    incident: 'i-1',
    channel: 'push',
    to: 'Mara Oduya',
    where: 'Firefox on Android',
    reason: 'opened',
    severity: 'critical',
    title: 'Critical: Back door forced after an admin log-in from a new address',
    text: 'New incident. Lindenhof Pharmacy; 6 detections.',
    at: now - 6 * MINUTE,
    state: 'sent',
    tries: 1,
    ...over,
  });
  const sent: SentAlerts = {
    items: [
      one({ acknowledgedAt: now - 5 * MINUTE }),
      one({ channel: 'mail', where: 'mara.oduya@lindenhof.example' }),
      one({
        channel: 'webhook',
        to: 'chat',
        where: 'chat',
        state: 'waiting',
        tries: 3,
        problem: 'Team chat answered 503',
      }),
      one({
        to: 'Tom Feld',
        where: 'Chrome on Windows',
        state: 'given-up',
        problem: 'the push service answered 410',
      }),
      one({
        to: 'Ines Brandt',
        where: 'Safari on iOS',
        state: 'pointless',
        severity: 'high',
        reason: 'not-taken',
      }),
    ],
  };
  const app = new Hono();
  app.get('/', (context) => context.json(page));
  app.get('/sent', (context) => context.json(sent));
  app.put('/preferences', (context) => {
    page = { ...page, preferences: bodyOf() as AlertPreferences };
    return context.json(page);
  });
  app.delete('/devices/:id', (context) => {
    page = { ...page, devices: page.devices.filter(({ id }) => id !== context.req.param('id')) };
    return context.json(page);
  });
  app.post('/trial', (context) => context.json({ ways: page.devices.length + 1 }));
  app.put('/chains/:id', (context) => {
    const chain = bodyOf() as AlertChain;
    page = { ...page, chains: [...page.chains.filter(({ id }) => id !== chain.id), chain] };
    return context.json(page);
  });
  app.delete('/chains/:id', (context) => {
    page = { ...page, chains: page.chains.filter(({ id }) => id !== context.req.param('id')) };
    return context.json(page);
  });
  return app;
}
