import { z } from 'zod';
import { type CascadeQuery, cascade, whatIf } from '../../cascade/cascade.ts';
import { ChangeProblem, changeFromText, failureFromText } from '../../cascade/change.ts';
import type { GraphDocument } from '../../cascade/graph.ts';
import type { CascadeReport } from '../../cascade/report.ts';
import { MAX_DURATION_MS } from '../../cascade/spread.ts';
import { RiskProblem, riskRegister as registerOf } from '../../risk/register.ts';
import { cascadeAnswer, incidentCascade, riskRegister, suggestionList } from '../cascade-answers.ts';
import { addressOf } from '../client.ts';
import type { IncidentCascade, RiskRegister, SuggestionList } from '../contract.ts';
import { incidentCascadeOf } from '../incident-cascade.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';

/** Of one request; more is a plan of its own, for the command line. */
const MAX_ASKED = 50;
/** Answers about incidents that are kept while neither they nor the graph change. */
const MAX_KEPT = 200;
/** Impacts × sets of mitigations × dependencies of a register: a few seconds, once for each change of the graph. */
const MAX_RISK_WORK = 1_000_000;

const words = z.string().min(1).max(300);

const asked = z.strictObject({
  fail: z.array(words).min(1).max(MAX_ASKED),
  whatIf: z.array(words).max(MAX_ASKED).default([]),
  seed: z.number().int().min(0).max(0xffff_ffff).default(1),
  lastingMs: z.number().int().min(1).max(MAX_DURATION_MS).exactOptional(),
});

const decided = z.strictObject({
  id: z.string().min(3).max(300),
  decision: z.enum(['accepted', 'rejected']),
});

export function cascadeRoutes({
  store,
  registry,
  dependencies,
  clock,
  options,
}: Pick<ApiParts, 'store' | 'registry' | 'dependencies' | 'clock' | 'options'>): Route[] {
  const kept = new Map<string, { stamp: string; graph: GraphDocument; answer: IncidentCascade }>();
  let register: { graph: GraphDocument; answer: RiskRegister } | undefined;
  const suggestions = (): SuggestionList => ({
    items: dependencies.suggestions(),
    decided: dependencies.decisions.map(({ from, to, decision, by, at }) => ({ from, to, decision, by, at })),
  });
  return [
    route({
      method: 'get',
      path: '/api/incidents/:id/cascade',
      title: 'What fails next because of an incident, when, by which way, and what it costs',
      needs: 'incidents.read',
      params: z.strictObject({ id: z.string().min(1).max(256) }),
      answer: { schema: incidentCascade, title: 'What fails next' },
      handle({ context, params: { id } }) {
        const incident = store.incident(id);
        if (incident === undefined) throw notThere('incident');
        const { graph } = dependencies;
        const stamp = `${incident.last} ${incident.detections.length} ${incident.detections.at(-1) ?? ''}`;
        const known = kept.get(incident.id);
        if (known !== undefined && known.stamp === stamp && known.graph === graph)
          return context.json(known.answer);
        const answer = incidentCascadeOf(id, { store, registry, graph });
        if (answer === undefined) throw notThere('incident');
        kept.delete(incident.id);
        const oldest = kept.keys().next();
        if (kept.size >= MAX_KEPT && oldest.done !== true) kept.delete(oldest.value);
        kept.set(incident.id, { stamp, graph, answer });
        return context.json(answer);
      },
    }),
    route({
      method: 'post',
      path: '/api/cascade',
      title: 'What if: some assets fail, some things are changed. Changes nothing',
      needs: 'incidents.read',
      body: asked,
      answer: { schema: cascadeAnswer, title: 'What follows, and with changes what differs' },
      handle: ({ context, body }) => context.json(answerTo(body, dependencies.graph)),
    }),
    route({
      method: 'get',
      path: '/api/risk',
      title: 'The risk register: threats by assets and weaknesses, and what each mitigation is worth',
      needs: 'registry.read',
      answer: { schema: riskRegister, title: 'The risk register' },
      handle({ context }) {
        const { graph } = dependencies;
        if (register?.graph !== graph) {
          try {
            register = { graph, answer: registerOf(graph, { maxWork: MAX_RISK_WORK }) };
          } catch (error) {
            if (error instanceof RiskProblem) throw new Problem(422, 'too-many', `${error.message}.`);
            throw error;
          }
        }
        return context.json(register.answer);
      },
    }),
    route({
      method: 'get',
      path: '/api/dependencies/suggestions',
      title: 'Dependencies that what was recorded speaks for, and what was decided',
      needs: 'registry.read',
      answer: { schema: suggestionList, title: 'Suggestions' },
      handle: ({ context }) => context.json(suggestions()),
    }),
    route({
      method: 'post',
      path: '/api/dependencies/suggestions',
      title: 'Accept or reject a suggestion',
      needs: 'dependencies.decide',
      body: decided,
      answer: { schema: suggestionList, title: 'Suggestions afterwards' },
      async handle({ context, body: { id, decision } }, { name }) {
        const at = clock.now();
        try {
          dependencies.decide(id, decision, name, at);
        } catch (error) {
          if (error instanceof RangeError) throw notThere('suggestion');
          throw error;
        }
        const from = addressOf(context, options);
        await store.audit({ at, by: name, from, action: `dependency.${decision}`, about: id });
        return context.json(suggestions());
      },
    }),
  ];
}

function answerTo(
  { fail, whatIf: changes, seed, lastingMs }: z.output<typeof asked>,
  graph: GraphDocument,
): z.output<typeof cascadeAnswer> {
  try {
    const query: CascadeQuery = {
      failures: fail.map((text) => failureFromText(text, graph)),
      seed,
      lastingMs,
    };
    if (changes.length === 0) return { cascade: cascade(graph, query) };
    const difference = whatIf(
      graph,
      query,
      changes.map((text) => changeFromText(text, graph)),
    );
    const before: CascadeReport = difference.before;
    return { cascade: before, difference };
  } catch (error) {
    if (error instanceof ChangeProblem) throw new Problem(422, 'not-in-graph', `${error.message}.`);
    throw error;
  }
}
