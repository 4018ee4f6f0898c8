import { z } from 'zod';
import { identifier, instant, plainText } from '../../../devices/model/identifiers.ts';
import { MAX_NAMED } from '../../hands/suppressions.ts';
import { suppressionList, suppressionPage, suppressionRow } from '../answers.ts';
import { addressOf } from '../client.ts';
import { namedAsset } from '../incident-summary.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Route, route } from '../route.ts';
import type { Scope } from '../scope.ts';
import { seesSuppression } from '../scoped-events.ts';
import { suppressionRowOf } from '../suppression-row.ts';
import { done } from './arranging.ts';

/** Suppressions of one answer; of those that are over the latest. */
const MAX_LISTED = 500;
/** Nobody looks at a suppression that is to last for longer. */
export const LONGEST_SUPPRESSION_MS = 90 * 24 * 3_600_000;

const named = z.strictObject({ id: z.string().min(1).max(256) });
const text = plainText.max(1_000).refine((words) => words.trim() !== '', 'must not be empty');

/** What is kept out of incidents for a time. */
export function suppressionRoutes(parts: ApiParts): Route[] {
  const { hands, store, registry, clock, people } = parts;
  const { suppressions } = hands;
  const row = (id: string, scope: Scope) => {
    const found = suppressions.find(id);
    if (found === undefined || !seesSuppression(scope, found)) throw notThere('suppression');
    return suppressionRowOf(found, suppressions.kept(id), registry);
  };
  return [
    route({
      method: 'get',
      path: '/api/suppressions',
      title: 'What is kept out of incidents, and what was',
      needs: 'monitors.read',
      answer: { schema: suppressionList, title: 'Those at work first' },
      handle({ context }, { scope }) {
        const all = suppressions
          .all()
          .filter((one) => seesSuppression(scope, one))
          .map(({ id }) => row(id, scope));
        const working = all.filter(({ state }) => state === 'working').sort((a, b) => a.until - b.until);
        const over = all.filter(({ ended }) => ended !== undefined);
        over.sort((a, b) => (b.ended?.at ?? 0) - (a.ended?.at ?? 0));
        return context.json({ items: [...working, ...over].slice(0, MAX_LISTED) });
      },
    }),
    route({
      method: 'get',
      path: '/api/suppressions/:id',
      title: 'One suppression with the newest detections that it keeps back',
      needs: 'monitors.read',
      params: named,
      answer: { schema: suppressionPage, title: 'The suppression' },
      handle({ context, params: { id } }, { scope }) {
        const suppression = row(id, scope);
        const newest = suppressions
          .newest(id)
          .slice(0, MAX_NAMED)
          .flatMap((one) => store.detection(one) ?? [])
          .filter((one) => scope.seesDetection(one))
          .map(({ id: detection, at, severity, summary, assets }) => ({
            id: detection,
            at,
            severity,
            summary,
            assets: assets.map((asset) => ({ id: asset, name: namedAsset(asset, registry).name })),
          }));
        return context.json({ suppression, newest });
      },
    }),
    route({
      method: 'post',
      path: '/api/suppressions',
      title:
        'Keep the detections of a rule out of incidents for a time; they are kept, counted, and come back',
      needs: 'detections.suppress',
      body: z.strictObject({
        rule: z.string().min(1).max(256),
        asset: z.string().min(1).max(256).optional(),
        site: identifier.optional(),
        observable: z
          .strictObject({ name: z.string().min(1).max(64), value: z.string().min(1).max(512) })
          .optional(),
        owner: z.string().min(1).max(64).optional(),
        text,
        until: instant,
        from: instant.optional(),
      }),
      answer: { schema: suppressionRow, title: 'The suppression' },
      async handle({ context, body }, { name, scope }) {
        const { asset, site, observable, owner = name, from } = body;
        const account = people.accounts.find(owner);
        const isKnown = account !== undefined && scope.meets(people.scopes.of(account.profile.scope));
        if (account === undefined || !isKnown || !mayDo(account.role, 'incidents.handle'))
          throw new Problem(422, 'no-such-person', `${owner} can't answer for it.`, { field: 'owner' });
        if (site !== undefined && (registry.site(site) === undefined || !scope.seesSite(site)))
          throw new Problem(422, 'no-such-site', `There is no site ${site}.`, { field: 'site' });
        if (!seesSuppression(scope, body))
          throw new Problem(422, 'too-wide', 'Name an asset or a site that is yours.', { field: 'asset' });
        if (body.until > clock.now() + LONGEST_SUPPRESSION_MS)
          throw new Problem(422, 'too-long', 'A suppression lasts 90 days at most.', { field: 'until' });
        const made = await done(
          hands.suppress(
            {
              rule: body.rule,
              ...(asset === undefined ? {} : { asset }),
              ...(site === undefined ? {} : { site }),
              ...(observable === undefined ? {} : { observable }),
              owner,
              text: body.text.trim(),
              until: body.until,
              from,
            },
            { name, from: addressOf(context, parts.options) },
          ),
        );
        return context.json(row(made.id, scope));
      },
    }),
    route({
      method: 'post',
      path: '/api/suppressions/:id/end',
      title: 'Undo a suppression: what it kept back is in incidents again',
      needs: 'detections.suppress',
      params: named,
      body: z.strictObject({ text: text.optional() }),
      answer: { schema: suppressionRow, title: 'The suppression' },
      async handle({ context, params: { id }, body }, { name, scope }) {
        row(id, scope);
        const actor = { name, from: addressOf(context, parts.options) };
        const ended = await done(hands.end(id, body.text?.trim(), actor));
        return context.json(row(ended.id, scope));
      },
    }),
  ];
}
