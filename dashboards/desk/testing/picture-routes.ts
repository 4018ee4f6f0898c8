/// <reference types="node" />
/** For tests only: the past, single sites and floor plans, over the fixtures. */
import { Hono } from 'hono';
import type {
  HistoryMark,
  PictureHistory,
  PictureSite,
  PlanFloor,
  SitePlan,
  SituationalPicture,
} from '../../../cloud/api/contract.ts';
import { pharmacy } from '../fixtures/sites.ts';

const HOUR = 3_600_000;
/** A drawing that lies below a plan. */
const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 100"><rect x="4" y="4" width="152" height="92" fill="none" stroke="#888" stroke-width="2"/><path d="M62 4V42H122V4M4 42H122M92 42V96" fill="none" stroke="#888"/></svg>`;

/** What was so before the break-in: nothing. */
const calm = ({ worst: _worst, ...site }: PictureSite): PictureSite => ({
  ...site,
  openIncidents: 0,
  zones: site.zones.map(({ alarm: _alarm, ...zone }) => zone),
  assets: site.assets.map(({ alarm: _alarm, ...asset }) => ({
    ...asset,
    states: asset.states.map((state) => (state.value === 'open' ? { ...state, value: 'closed' } : state)),
  })),
  ...(site.gateway === undefined ? {} : { gateway: { ...site.gateway, armingMode: 'night' } }),
});

export interface PictureRouteOptions {
  picture: SituationalPicture;
  bodyOf: () => unknown;
  isEditor: boolean;
}

export function pictureRoutes({ picture, bodyOf, isEditor }: PictureRouteOptions): Hono {
  const { now } = picture.clock;
  const begin = now - 20 * 60_000;
  const plans = new Map<string, { revision: number; floors: PlanFloor[] }>();
  const at = (sites: readonly PictureSite[], moment: number | undefined): PictureSite[] =>
    moment !== undefined && moment < begin ? sites.map(calm) : [...sites];
  const whole = (site: PictureSite): PictureSite =>
    site.summary === undefined
      ? site
      : { ...site, ...(({ plan, zones, assets }) => ({ ...(plan && { plan }), zones, assets }))(pharmacy) };
  const planOf = (id: string): SitePlan => {
    const site = whole(picture.sites.find((one) => one.id === id) ?? pharmacy);
    const drawn: PlanFloor = {
      id: 'ground',
      name: 'Ground floor',
      ...(site.plan ?? { width: 20, height: 14 }),
      zones: site.zones
        .filter(({ outline }) => outline.length > 2)
        .slice(0, -1)
        .map(({ id: zone, outline }) => ({ zone, outline })),
      assets: site.assets.flatMap(({ id: asset, position }) => (position ? [{ asset, ...position }] : [])),
    };
    const kept = plans.get(id);
    return {
      site: id,
      revision: kept?.revision ?? 0,
      floors: kept?.floors ?? [drawn],
      ...(kept === undefined ? {} : { by: 'Ines Brandt', at: now }),
      zones: site.zones.map(({ id: zone, name }) => ({ id: zone, name })),
      assets: site.assets.map(({ id: asset, name, kind, zone }) => ({
        id: asset,
        name,
        kind,
        ...(zone === undefined ? {} : { zone }),
      })),
      isEditable: isEditor,
    };
  };
  const app = new Hono();
  app.get('/picture', (context, next) => {
    const moment = context.req.query('at');
    if (moment === undefined) return next();
    return context.json({
      ...picture,
      sites: at(picture.sites, Number(moment)),
      sources: [],
      scenarios: [],
      asOf: Number(moment),
    });
  });
  app.get('/picture/history', (context) => {
    const marks: HistoryMark[] = [
      {
        incident: 'h-1',
        title: 'Door held open',
        severity: 'medium',
        at: now - 76 * HOUR,
        sites: ['warehouse-nord'],
      },
      {
        incident: 'h-2',
        title: 'Fridge too warm',
        severity: 'high',
        at: now - 31 * HOUR,
        sites: ['pharmacy-lindenhof'],
      },
      { incident: 'h-3', title: 'Break-in', severity: 'critical', at: begin, sites: ['pharmacy-lindenhof'] },
    ];
    return context.json({ from: now - 7 * 24 * HOUR, to: now, marks, more: 4 } satisfies PictureHistory);
  });
  app.get('/picture/sites/:id', (context) => {
    const found = picture.sites.find(({ id }) => id === context.req.param('id'));
    if (found === undefined) return context.notFound();
    const moment = context.req.query('at');
    const [site] = at([whole(found)], moment === undefined ? undefined : Number(moment));
    const { summary: _summary, ...rest } = site ?? found;
    return context.json({ clock: picture.clock, site: rest });
  });
  app.get('/plans/:site', (context) => context.json(planOf(context.req.param('site'))));
  app.put('/plans/:site', (context) => {
    const id = context.req.param('site');
    const body = bodyOf() as { revision: number; floors: PlanFloor[] };
    const plan = planOf(id);
    if (body.revision !== plan.revision)
      return context.json(
        { error: { code: 'changed', message: 'Ines Brandt has changed this plan since you opened it.' } },
        409,
      );
    plans.set(id, { revision: plan.revision + 1, floors: body.floors });
    return context.json(planOf(id));
  });
  app.post('/plans/:site/images', (context) =>
    context.json({ id: '0'.repeat(32), width: 160, height: 100, dropped: ['element script'] }),
  );
  app.get('/plans/:site/images/:image', (context) =>
    context.body(DRAWING, 200, { 'content-type': 'image/svg+xml' }),
  );
  return app;
}
