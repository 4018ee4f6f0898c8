import { z } from 'zod';
import { severityRank } from '../../../devices/model/detection.ts';
import { plainText } from '../../../devices/model/identifiers.ts';
import { nameFrom, patternOf, refanged, typeOfValue, valueId } from '../../intelligence/imports/imported.ts';
import { compiled, confidenceAt, tlpLevel } from '../../intelligence/indicator.ts';
import { INTELLIGENCE_RULE } from '../../monitors/intelligence-match.ts';
import { addressOf } from '../client.ts';
import type { IndicatorList, IntelligenceRelevance } from '../contract/sharing.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { type Caller, type Route, route } from '../route.ts';

/** Source of what people put in by hand. */
const MANUAL = 'manual';
const DAY_MS = 24 * 3_600_000;
/** Detections that are looked through. */
const MAX_DETECTIONS = 50_000;
const MAX_TOUCHED = 200;

const indicatorList = z.strictObject({
  items: z.array(z.looseObject({ id: z.string() })),
  total: z.number(),
});

/** What is looked for, what of it touched us, and what people add by hand. */
export function intelligenceRoutes(parts: ApiParts): Route[] {
  const { intelligence, store, registry, clock, options } = parts;
  const { library, ageing } = intelligence;

  /** The one place that says which detections are the caller's. */
  const detectionsOf = ({ scope }: Caller, from: number) => {
    const seen = [];
    for (const one of store.detections({ from })) if (scope.seesDetection(one)) seen.push(one);
    return { seen: seen.slice(-MAX_DETECTIONS), cut: seen.length > MAX_DETECTIONS };
  };

  return [
    route({
      method: 'get',
      path: '/api/intelligence/indicators',
      title: 'Indicators, those seen here first',
      needs: 'incidents.read',
      wholeOnly: true,
      query: z.strictObject({
        find: z.string().max(256).default(''),
        seen: z.enum(['yes', 'no']).default('no'),
        offset: z.coerce.number().int().min(0).max(2_000_000).default(0),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      answer: { schema: indicatorList, title: 'Indicators' },
      handle({ context, query: { find, seen, offset, limit } }) {
        const { items, total } = library.list({ text: find, seenOnly: seen === 'yes', offset, limit });
        const now = clock.now();
        const list: IndicatorList = {
          items: items.map(({ indicator, count, lastAt }) => ({
            source: indicator.source,
            id: indicator.id,
            name: indicator.name,
            type: indicator.type,
            pattern: indicator.pattern,
            tlp: indicator.tlp,
            confidence: indicator.confidence,
            confidenceNow: Math.round(confidenceAt(indicator, now, ageing) ?? 0),
            validFrom: indicator.validFrom,
            ...(indicator.validUntil === undefined ? {} : { validUntil: indicator.validUntil }),
            labels: indicator.labels,
            ...(indicator.tactic === undefined ? {} : { tactic: indicator.tactic }),
            sightings: count,
            ...(lastAt === undefined ? {} : { lastAt }),
            isManual: indicator.source === MANUAL,
          })),
          total,
        };
        return context.json(list);
      },
    }),
    route({
      method: 'get',
      path: '/api/intelligence/relevance',
      title: 'What matters to us: indicators that touched our assets, techniques seen, by site',
      needs: 'incidents.read',
      query: z.strictObject({ days: z.coerce.number().int().min(1).max(90).default(7) }),
      answer: { schema: z.looseObject({ days: z.number() }), title: 'What matters' },
      handle({ context, query: { days } }, caller) {
        const { seen, cut } = detectionsOf(caller, clock.now() - days * DAY_MS);
        const touched = new Map<string, IntelligenceRelevance['touched'][number]>();
        const techniques = new Map<string, { count: number; sites: Set<string>; lastAt: number }>();
        const sites = new Map<string, { touched: number; techniques: Set<string>; detections: number }>();
        for (const one of seen) {
          const own = new Set([
            ...(one.site === undefined ? [] : [one.site]),
            ...one.assets.flatMap((id) => registry.asset(id)?.site ?? []),
          ]);
          for (const id of own) {
            const site = sites.get(id) ?? { touched: 0, techniques: new Set<string>(), detections: 0 };
            sites.set(id, site);
            site.detections += one.count;
            if (one.tactic !== undefined) site.techniques.add(one.tactic);
            if (one.rule === INTELLIGENCE_RULE) site.touched++;
          }
          if (one.tactic !== undefined) {
            const known = techniques.get(one.tactic) ?? { count: 0, sites: new Set<string>(), lastAt: 0 };
            techniques.set(one.tactic, known);
            known.count += one.count;
            known.lastAt = Math.max(known.lastAt, one.at);
            for (const id of own) known.sites.add(id);
          }
          const { indicator: id, source, name, value } = one.facts;
          if (one.rule !== INTELLIGENCE_RULE || typeof id !== 'string' || typeof source !== 'string')
            continue;
          const key = `${source} ${id}`;
          const known = touched.get(key) ?? {
            source,
            id,
            name: typeof name === 'string' ? name : id,
            value: typeof value === 'string' ? value : '',
            severity: one.severity,
            count: 0,
            lastAt: 0,
            assets: [],
          };
          touched.set(key, known);
          known.count += one.count;
          known.lastAt = Math.max(known.lastAt, one.at);
          if (severityRank(one.severity) > severityRank(known.severity)) known.severity = one.severity;
          for (const asset of one.assets)
            if (!known.assets.some((other) => other.id === asset)) {
              const found = registry.asset(asset);
              const site = found === undefined ? undefined : registry.site(found.site);
              known.assets.push({ id: asset, name: found?.name ?? asset, site: site?.name ?? '' });
            }
        }
        const answer: IntelligenceRelevance = {
          days,
          touched: [...touched.values()].sort((a, b) => b.lastAt - a.lastAt).slice(0, MAX_TOUCHED),
          techniques: [...techniques]
            .map(([id, known]) => ({ ...known, id, sites: known.sites.size }))
            .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1))
            .slice(0, MAX_TOUCHED),
          sites: [...sites]
            .filter(([id]) => caller.scope.seesSite(id))
            .map(([id, known]) => ({
              id,
              name: registry.site(id)?.name ?? id,
              ...known,
              techniques: known.techniques.size,
            }))
            .sort((a, b) => b.touched - a.touched || b.detections - a.detections),
          cut,
        };
        return context.json(answer);
      },
    }),
    route({
      method: 'post',
      path: '/api/intelligence/indicators',
      title: 'Look for something that a person was told of',
      needs: 'intelligence.edit',
      wholeOnly: true,
      body: z.strictObject({
        value: z.string().trim().min(3).max(1_024),
        name: plainText.trim().min(2).max(200),
        tlp: tlpLevel,
        confidence: z.number().int().min(1).max(100),
        validDays: z.number().int().min(1).max(3_650).optional(),
        tactic: z
          .string()
          .regex(/^(TA\d{4}|T\d{4}(\.\d{3})?)$/, 'expected T1110 or TA0006')
          .optional(),
      }),
      answer: { schema: indicatorList, title: 'What was added' },
      async handle({ context, body }, { name: by }) {
        const value = refanged(body.value);
        const type = typeOfValue(value);
        const pattern = value.startsWith('[')
          ? value
          : type === undefined
            ? undefined
            : patternOf(type, value, true);
        if (pattern === undefined)
          throw new Problem(
            400,
            'value',
            'This is no address, domain, web address, e-mail address, hash or STIX pattern.',
            { field: 'value' },
          );
        const now = clock.now();
        const read = checkedPattern(pattern);
        const id = valueId(MANUAL, read.type, value);
        const change = intelligence.take(MANUAL, {
          indicators: [
            {
              source: MANUAL,
              id,
              name: nameFrom(body.name),
              pattern,
              type: read.type,
              confidence: body.confidence,
              validFrom: now,
              ...(body.validDays === undefined ? {} : { validUntil: now + body.validDays * DAY_MS }),
              modified: now,
              tlp: body.tlp,
              labels: ['malicious-activity'],
              ...(body.tactic === undefined ? {} : { tactic: body.tactic }),
            },
          ],
          revoked: [],
          refused: [],
          ignored: 0,
        });
        const [refused] = change.refused;
        if (refused !== undefined) throw new Problem(409, 'refused', `It is not looked for: ${refused.why}.`);
        await store.audit({
          at: now,
          by,
          from: addressOf(context, options),
          action: 'intelligence.indicator',
          about: `${id} ${pattern} TLP:${body.tlp}`.slice(0, 2_000),
        });
        return context.json({ items: [{ id }], total: 1 });
      },
    }),
    route({
      method: 'delete',
      path: '/api/intelligence/indicators/:id',
      title: 'No longer look for what a person put in',
      needs: 'intelligence.edit',
      wholeOnly: true,
      params: z.strictObject({ id: z.string().min(1).max(128) }),
      answer: { title: 'Done' },
      status: 204,
      async handle({ context, params: { id } }, { name: by }) {
        const change = intelligence.take(MANUAL, { indicators: [], revoked: [id], refused: [], ignored: 0 });
        if (change.gone.length === 0) throw notThere('indicator');
        await store.audit({
          at: clock.now(),
          by,
          from: addressOf(context, options),
          action: 'intelligence.take-back',
          about: id,
        });
        return context.body(null, 204);
      },
    }),
  ];
}

/** @throws Problem that says why it can't be looked for */
function checkedPattern(pattern: string): ReturnType<typeof compiled> {
  try {
    return compiled(pattern);
  } catch (error) {
    throw new Problem(
      400,
      'value',
      `It cannot be looked for: ${error instanceof Error ? error.message : ''}`,
      {
        field: 'value',
      },
    );
  }
}
