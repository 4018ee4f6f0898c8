import { z } from 'zod';
import { incidentFacts } from '../../intelligence/incident-facts.ts';
import { ocsfFindings } from '../../intelligence/ocsf/incident-finding.ts';
import { incidentBundle } from '../../intelligence/stix/export-incident.ts';
import { intelligenceState, released } from '../answers.ts';
import { addressOf } from '../client.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Caller, type Route, route } from '../route.ts';

const incidentId = z.strictObject({ id: z.string().min(1).max(256) });
const persons = z.strictObject({
  persons: z.enum(['yes', 'no']).default('no').meta({ description: 'Whether names of people are left in' }),
});

/** What leaves the house, and what was brought into it to look for. */
export function sharingRoutes(parts: ApiParts): Route[] {
  const { store, registry, intelligence, clock, options } = parts;
  const { settings, library } = intelligence;
  const factsOf = (id: string, withPersons: boolean) => {
    const facts = incidentFacts(id, store, registry, { ...settings, withPersons });
    if (facts === undefined) throw notThere('incident');
    return facts;
  };
  const mayName = ({ role }: Caller, wanted: 'yes' | 'no') => {
    if (wanted === 'yes' && !mayDo(role, 'incidents.share'))
      throw new Problem(403, 'forbidden', 'Your role does not allow names of people to leave the house.');
    return wanted === 'yes';
  };
  const bundleOf = (id: string, withPersons: boolean) =>
    incidentBundle(factsOf(id, withPersons), (source, one) => library.find(source, one));
  return [
    route({
      method: 'get',
      path: '/api/incidents/:id/stix',
      title: 'The incident as a STIX 2.1 bundle; without names of people where nothing else is said',
      needs: 'incidents.export',
      params: incidentId,
      query: persons,
      answer: { mediaType: 'application/stix+json', title: 'A bundle' },
      handle({ context, params: { id }, query }, caller) {
        caller.scope.demandIncident(store.incident(id));
        const bundle = bundleOf(id, mayName(caller, query.persons));
        return context.body(JSON.stringify(bundle), 200, {
          'content-type': 'application/stix+json;version=2.1',
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/incidents/:id/ocsf',
      title: 'The incident as OCSF events: an Incident Finding, then its Detection Findings',
      needs: 'incidents.export',
      params: incidentId,
      query: persons,
      answer: { mediaType: 'application/json', title: 'A list of events' },
      handle({ context, params: { id }, query }, caller) {
        caller.scope.demandIncident(store.incident(id));
        return context.json(ocsfFindings(factsOf(id, mayName(caller, query.persons))));
      },
    }),
    route({
      method: 'post',
      path: '/api/incidents/:id/release',
      title: 'Let partners fetch the incident as it is now, without names of people',
      needs: 'incidents.share',
      params: incidentId,
      body: z.strictObject({}),
      answer: { schema: released, title: 'What they may fetch' },
      async handle({ context, params: { id } }, { name, scope }) {
        scope.demandIncident(store.incident(id));
        const { objects } = bundleOf(id, false);
        const incident = store.currentIncident(id);
        const count = intelligence.release(incident, objects, settings.tlp);
        if (count === undefined)
          throw new Problem(409, 'nobody', 'No collection for partners takes incidents of this marking.');
        await store.audit({
          at: clock.now(),
          by: name,
          from: addressOf(context, options),
          action: 'incident.release',
          about: incident,
        });
        return context.json({ incident, objects: count });
      },
    }),
    route({
      method: 'post',
      path: '/api/incidents/:id/take-back',
      title: 'Let partners no longer fetch the incident; what they have they keep',
      needs: 'incidents.share',
      params: incidentId,
      body: z.strictObject({}),
      answer: { schema: released, title: 'The incident' },
      async handle({ context, params: { id } }, { name, scope }) {
        const incident = scope.demandIncident(store.incident(id)).id;
        intelligence.takeBack((released) => store.currentIncident(released) === incident);
        await store.audit({
          at: clock.now(),
          by: name,
          from: addressOf(context, options),
          action: 'incident.take-back',
          about: incident,
        });
        return context.json({ incident, objects: 0 });
      },
    }),
    route({
      method: 'get',
      path: '/api/intelligence',
      title: 'What is looked for, and where it comes from',
      needs: 'monitors.read',
      wholeOnly: true,
      answer: { schema: intelligenceState, title: 'Threat intelligence' },
      handle: ({ context }) =>
        context.json({
          indicators: library.size,
          matched: intelligence.monitor.matched,
          feeds: intelligence.health(),
        }),
    }),
  ];
}
