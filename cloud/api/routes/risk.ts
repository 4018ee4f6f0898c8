import { z } from 'zod';
import { identifier } from '../../../devices/model/identifiers.ts';
import { riskDecision } from '../../assets/landscape.ts';
import { seemingCatalogue } from '../../risk/at-site.ts';
import { catalogues } from '../../risk/catalogue.ts';
import { riskDecisions } from '../asset-answers.ts';
import { addressOf } from '../client.ts';
import type { RiskDecisions } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { type Caller, type Route, route } from '../route.ts';
import { kept } from './assets.ts';

const DAY_MS = 24 * 3_600_000;

/** Decisions on the risk register's rows, adopted mitigations, starter catalogues. Of the installation as a whole. */
export function riskRoutes({
  landscape,
  registryBook,
  clock,
  options,
}: Pick<ApiParts, 'landscape' | 'registryBook' | 'clock' | 'options'>): Route[] {
  const audit = (
    context: Parameters<typeof addressOf>[0],
    { name }: Caller,
    action: string,
    about: string,
  ) => ({
    at: clock.now(),
    by: name,
    from: addressOf(context, options),
    action,
    about,
  });
  const answer = ({ scope }: Caller): RiskDecisions => {
    const registry = registryBook.inUse;
    const chosen = new Map(landscape.overlay.catalogues.map(({ site, catalogue }) => [site, catalogue]));
    return {
      items: landscape
        .riskDecisions()
        .filter(({ row }) => scope.isAll || scope.seesAsset(row.split('/')[0] ?? ''))
        .map((one) => ({ ...one, isDue: Date.parse(one.reviewOn) + DAY_MS <= clock.now() })),
      catalogues: catalogues.map((name) => {
        const { title = name, assets, threats, mitigations } = landscape.catalogue(name);
        return {
          name,
          title,
          assets: assets.length,
          threats: threats.length,
          mitigations: mitigations.length,
        };
      }),
      sites: registry.document.sites
        .filter(({ id }) => scope.isAll || scope.seesSite(id))
        .map(({ id, name }) => {
          const catalogue = chosen.get(id);
          return {
            id,
            name,
            ...(catalogue === undefined ? {} : { catalogue }),
            seems: seemingCatalogue(id, registry),
          };
        }),
    };
  };
  return [
    route({
      method: 'get',
      path: '/api/risk/decisions',
      title: 'What was decided on risks, and the starter catalogues of sites',
      needs: 'picture.read',
      answer: { schema: riskDecisions, title: 'Decisions' },
      handle: ({ context }, caller) => context.json(answer(caller)),
    }),
    route({
      method: 'put',
      path: '/api/risk/decisions',
      title: 'Decide on a risk: accept, mitigate, transfer or avoid it, with an owner and a date of review',
      needs: 'risk.decide',
      body: riskDecision.omit({ by: true, at: true }),
      answer: { schema: riskDecisions, title: 'Decisions afterwards' },
      async handle({ context, body }, caller) {
        caller.scope.demandAll();
        const { threats } = landscape.graph;
        const [asset = '', threat = ''] = body.row.split('/');
        if (!threats.some(({ id, assets }) => id === threat && assets.includes(asset)))
          throw notThere('risk');
        const at = clock.now();
        if (Date.parse(body.reviewOn) + DAY_MS <= at)
          throw new Problem(422, 'in-the-past', 'The date of review has passed already.', {
            field: 'reviewOn',
          });
        if (body.decision === 'mitigate' && body.mitigation === undefined && body.text.trim() === '')
          throw new Problem(422, 'by-what', 'Say by what it is mitigated.', { field: 'mitigation' });
        const about = `${body.row}: ${body.decision}, ${body.owner}, review ${body.reviewOn}`;
        await landscape.decideRisk(
          { ...body, by: caller.name, at },
          audit(context, caller, 'risk.decided', about),
        );
        return context.json(answer(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/risk/decisions/withdraw',
      title: 'Take a decision on a risk back',
      needs: 'risk.decide',
      body: z.strictObject({ row: z.string().min(1).max(400) }),
      answer: { schema: riskDecisions, title: 'Decisions afterwards' },
      async handle({ context, body: { row } }, caller) {
        caller.scope.demandAll();
        await kept(async () =>
          landscape.withdrawRiskDecision(row, audit(context, caller, 'risk.withdrawn', row)),
        );
        return context.json(answer(caller));
      },
    }),
    route({
      method: 'put',
      path: '/api/risk/mitigations',
      title: 'A mitigation is adopted, or given up: cascades and the register go by it at once',
      needs: 'risk.decide',
      body: z.strictObject({ id: identifier, inPlace: z.boolean() }),
      answer: { schema: riskDecisions, title: 'Decisions' },
      async handle({ context, body: { id, inPlace } }, caller) {
        caller.scope.demandAll();
        const action = inPlace ? 'risk.mitigation-adopted' : 'risk.mitigation-given-up';
        await kept(async () => landscape.adopt(id, inPlace, audit(context, caller, action, id)));
        return context.json(answer(caller));
      },
    }),
    route({
      method: 'put',
      path: '/api/risk/catalogues',
      title: 'Lay a starter catalogue over a site, or take it away',
      needs: 'risk.decide',
      body: z.strictObject({ site: identifier, catalogue: z.enum(catalogues).exactOptional() }),
      answer: { schema: riskDecisions, title: 'Decisions and catalogues afterwards' },
      async handle({ context, body: { site, catalogue } }, caller) {
        caller.scope.demandAll();
        if (registryBook.inUse.site(site) === undefined) throw notThere('site');
        const entry = audit(context, caller, 'risk.catalogue', `${site}: ${catalogue ?? 'none'}`);
        await kept(() => landscape.chooseCatalogue(site, catalogue, entry));
        return context.json(answer(caller));
      },
    }),
  ];
}
