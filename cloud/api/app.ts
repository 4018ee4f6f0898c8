import { type Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { toolOfRoute } from '../toolkit/catalog.ts';
import { isEncrypted } from './client.ts';
import { servePages } from './pages.ts';
import type { ApiParts } from './parts.ts';
import { Problem } from './problem.ts';
import { mayDo } from './rights.ts';
import type { Caller, Route } from './route.ts';
import { administrationRoutes } from './routes/administration.ts';
import { alertingRoutes } from './routes/alerting.ts';
import { arrangingRoutes } from './routes/arranging.ts';
import { assetRoutes } from './routes/assets.ts';
import { auditRoutes } from './routes/audit.ts';
import { awarenessRoutes } from './routes/awareness.ts';
import { cascadeRoutes } from './routes/cascade.ts';
import { continuityRoutes } from './routes/continuity.ts';
import { dutyRoutes } from './routes/duties.ts';
import { gatewayRoutes } from './routes/gateways.ts';
import { healthRoutes } from './routes/health.ts';
import { huntRoutes } from './routes/hunt.ts';
import { identityRoutes } from './routes/identity.ts';
import { incidentDeskRoutes } from './routes/incident-desk.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { integrityRoutes } from './routes/integrity.ts';
import { intelligenceRoutes } from './routes/intelligence.ts';
import { pastRoutes } from './routes/past.ts';
import { peopleRoutes } from './routes/people.ts';
import { planRoutes } from './routes/plans.ts';
import { policyRoutes } from './routes/policies.ts';
import { registryRoutes } from './routes/registry.ts';
import { reportRoutes } from './routes/reports.ts';
import { responseRoutes } from './routes/response.ts';
import { riskRoutes } from './routes/risk.ts';
import { cookieName, sessionRoutes } from './routes/session.ts';
import { sharingRoutes } from './routes/sharing.ts';
import { sharingGroupRoutes } from './routes/sharing-groups.ts';
import { shiftRoutes } from './routes/shifts.ts';
import { situationRoutes } from './routes/situation.ts';
import { suppressionRoutes } from './routes/suppressions.ts';
import { toolkitRoutes } from './routes/toolkit.ts';
import { isToken } from './sessions.ts';

const POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Every route of the API. */
export function apiRoutes(parts: ApiParts): Route[] {
  const routes: Route[] = [
    ...sessionRoutes(parts),
    ...peopleRoutes(parts),
    ...situationRoutes(parts),
    ...pastRoutes(parts),
    ...planRoutes(parts),
    ...incidentRoutes(parts),
    ...incidentDeskRoutes(parts),
    ...huntRoutes(parts),
    ...shiftRoutes(parts),
    ...cascadeRoutes(parts),
    ...assetRoutes(parts),
    ...riskRoutes(parts),
    ...sharingRoutes(parts),
    ...integrityRoutes(parts),
    ...policyRoutes(parts),
    ...registryRoutes(parts),
    ...toolkitRoutes(parts),
    ...alertingRoutes(parts),
    ...arrangingRoutes(parts),
    ...suppressionRoutes(parts),
    ...administrationRoutes(parts),
    ...auditRoutes(parts),
    ...awarenessRoutes(parts),
    ...identityRoutes(parts),
    ...responseRoutes(parts),
    ...dutyRoutes(parts),
    ...continuityRoutes(parts),
    ...reportRoutes(parts),
    ...sharingGroupRoutes(parts),
    ...intelligenceRoutes(parts),
    ...gatewayRoutes(parts),
  ];
  routes.push(...healthRoutes(parts, () => routes));
  return routes;
}

/**
 * The cloud's HTTP application: the API, what machines post to, the desk's pages.
 * @param posts routes that machines send to, with tokens of their own
 */
export function createApp(parts: ApiParts, posts: readonly Hono[] = []): Hono {
  const { options, log } = parts;
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    if (isEncrypted(context, options))
      context.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
    // What people and machines see here is not for caches, unless it says so itself.
    if (context.res.headers.get('cache-control') === null) context.header('cache-control', 'no-store');
  });
  app.onError((error, context) => refusal(context, error, log));
  for (const route of apiRoutes(parts)) {
    const tool = toolOfRoute(route.path);
    app.on(route.method.toUpperCase(), route.path, async (context) => {
      const caller = route.needs === 'anyone' ? undefined : admitted(context, route, parts);
      if (route.needs === 'anyone') refuseForeignOrigin(context);
      const whyNot = tool === undefined ? undefined : parts.toolkit.whyNot(tool);
      if (whyNot !== undefined) throw new Problem(409, 'tool-off', whyNot);
      return route.respond(context, caller);
    });
  }
  for (const routes of posts) app.route('/', routes);
  app.get('*', async (context) => {
    const isPage = !/^\/(api|ingest|sources|taxii2)(\/|$)/.test(context.req.path);
    const page = isPage ? await servePages(context, options.pages) : undefined;
    return page ?? nothingHere(context);
  });
  app.notFound(nothingHere);
  return app;
}

/** The only place where it is decided who may do what. @throws Problem */
function admitted(context: Context, route: Route, parts: ApiParts): Caller {
  const { needs, method, path } = route;
  const { sessions, options, log } = parts;
  const caller = sessions.find(getCookie(context, cookieName(isEncrypted(context, options))));
  if (caller === undefined) throw new Problem(401, 'signed-out', 'Sign in first.');
  if (method !== 'get') {
    refuseForeignOrigin(context);
    if (!isToken(context.req.header('x-gatehouse-token'), caller.token))
      throw new Problem(403, 'token', 'The request did not come from the page. Load it again.');
  }
  if (caller.mustEnrol && route.beforeEnrolment !== true)
    throw new Problem(403, 'factor-needed', 'Your role demands a second factor. Add one first.');
  if (needs !== 'anyone' && needs !== 'signed-in' && !mayDo(caller.role, needs)) {
    log.warn({ by: caller.name, role: caller.role, method, path, needs }, 'refused: not allowed');
    throw new Problem(403, 'forbidden', 'Your role does not allow this.');
  }
  if (route.wholeOnly === true) caller.scope.demandAll();
  if (route.fresh === true && !caller.isFresh)
    throw new Problem(403, 'confirm', 'Prove once more that it is you, then try again.');
  return caller;
}

/** A change that a page of another origin asks for is not the person's wish. */
function refuseForeignOrigin(context: Context): void {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return;
  const site = context.req.header('sec-fetch-site');
  const origin = context.req.header('origin');
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && hostOf(origin) !== context.req.header('host'));
  if (isForeign) throw new Problem(403, 'foreign-origin', 'Another site asked for this.');
}

const hostOf = (origin: string): string | undefined =>
  URL.canParse(origin) ? new URL(origin).host : undefined;

function nothingHere(context: Context): Response {
  return context.json(new Problem(404, 'not-found', 'There is nothing here.').body, 404);
}

function refusal(context: Context, error: Error, log: ApiParts['log']): Response {
  if (error instanceof Problem) {
    if (error.retryAfterSeconds !== undefined) context.header('retry-after', String(error.retryAfterSeconds));
    return context.json(error.body, error.status);
  }
  // Never the inside of the house: what went wrong is in the log.
  log.error({ error: error.message, stack: error.stack, path: context.req.path }, 'a request failed');
  return context.json(new Problem(500, 'failed', 'Something went wrong here. Try again.').body, 500);
}
