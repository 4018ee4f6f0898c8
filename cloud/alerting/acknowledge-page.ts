/**
 * The page behind an alert's link. Opening it changes nothing (mail servers open links to look at them); its button takes
 * the incident in the name of whoever the alert was for. A service worker posts the same address from the button of a
 * notification.
 */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { mayDo } from '../api/rights.ts';
import type { Scopes } from '../api/scope.ts';
import type { Accounts } from '../people/accounts.ts';
import { NotInState, type Store } from '../store/store.ts';
import type { Alert } from './alert.ts';
import type { Alerting } from './alerting.ts';

export interface AcknowledgeParts {
  alerting: Alerting;
  store: Store;
  accounts: Pick<Accounts, 'find'>;
  scopes: Scopes;
  now(): number;
  /** An incident was acknowledged. */
  onHandled(incident: string): void;
}

type Result = { done: boolean; says: string; status: 200 | 403 | 404 | 409 };

export function acknowledgePage(parts: AcknowledgeParts): Hono {
  const app = new Hono();
  app.get('/alert/:token', (context) => {
    const alert = parts.alerting.alertOfToken(context.req.param('token'));
    if (alert === undefined) return context.html(page('This link is no longer good', NO_LONGER), 404);
    const state = parts.store.handling(parts.store.currentIncident(alert.incident))?.state;
    return state === 'open'
      ? context.html(page(alert.title, alert.text, true))
      : context.html(page(alert.title, 'Somebody has it in hand already.'));
  });
  app.post('/alert/:token', async (context) => {
    const alert = parts.alerting.alertOfToken(context.req.param('token'));
    const { done, says, status } =
      alert === undefined
        ? { done: false, says: NO_LONGER, status: 404 as const }
        : await acknowledge(parts, alert);
    if (context.req.header('accept')?.includes('application/json') === true)
      return context.json({ done, says }, status);
    return context.html(page(done ? 'You have it' : 'That did not work', says), status);
  });
  return app;
}

async function acknowledge(parts: AcknowledgeParts, alert: Alert): Promise<Result> {
  const { store, accounts, scopes, alerting, now, onHandled } = parts;
  const account = accounts.find(alert.to);
  const incident = store.currentIncident(alert.incident);
  const found = store.incident(incident);
  if (found === undefined) return { done: false, says: 'The incident is no longer there.', status: 404 };
  if (
    account === undefined ||
    account.profile.locked !== undefined ||
    !mayDo(account.role, 'incidents.handle') ||
    !scopes.of(account.profile.scope).seesAllOf(found)
  )
    return { done: false, says: 'Your account may not take incidents: look at the desk.', status: 403 };
  const at = now();
  try {
    await store.act({ incident: alert.incident, at, by: account.name, action: 'acknowledged' }, ['open']);
  } catch (error) {
    if (error instanceof NotInState)
      return { done: false, says: 'Somebody has it in hand already.', status: 409 };
    throw error;
  }
  await alerting.delivering.update(
    alert.id,
    { acknowledgedAt: at },
    {
      at,
      by: account.name,
      from: `alert by ${alert.channel}`,
      action: 'incident.acknowledge',
      about: incident,
    },
  );
  onHandled(incident);
  return { done: true, says: 'The incident is yours, and nobody else is called for it.', status: 200 };
}

const NO_LONGER = 'Sign in to the desk to see what is going on.';

/** Without script and style, so that it works under the strictest policy. */
const page = (title: string, says: string, asks = false) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${title}</title>
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      <p>${says}</p>
      ${asks ? html`<form method="post"><button>I have it</button></form>` : ''}
      <p><a href="/">Open the desk</a></p>
    </main>
  </body>
</html>`;
