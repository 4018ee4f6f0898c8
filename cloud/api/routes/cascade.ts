import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { comparison } from '../../assets/landscape.ts';
import { type CascadeQuery, cascade, whatIf } from '../../cascade/cascade.ts';
import { ChangeProblem, changeFromText, failureFromText } from '../../cascade/change.ts';
import type { GraphDocument } from '../../cascade/graph.ts';
import type { CascadeReport } from '../../cascade/report.ts';
import { MAX_DURATION_MS } from '../../cascade/spread.ts';
import { RiskProblem, riskRegister as registerOf } from '../../risk/register.ts';
import { comparisonList } from '../asset-answers.ts';
import { cascadeAnswer, incidentCascade, riskRegister, suggestionList } from '../cascade-answers.ts';
import { addressOf } from '../client.ts';
import type { IncidentCascade, RiskRegister, SuggestionList } from '../contract.ts';
import { incidentCascadeOf } from '../incident-cascade.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import type { Scope } from '../scope.ts';
import { ScopedGraphs } from '../scoped-graph.ts';
import { kept } from './assets.ts';

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
  landscape,
  clock,
  options,
}: Pick<ApiParts, 'store' | 'registry' | 'landscape' | 'clock' | 'options'>): Route[] {
  const { dependencies } = landscape;
  const answers = new Map<string, { stamp: string; graph: GraphDocument; answer: IncidentCascade }>();
  const registers = new WeakMap<GraphDocument, RiskRegister>();
  const graphs = new ScopedGraphs(registry);
  const suggestions = (scope: Scope): SuggestionList => {
    const seen = ({ from, to }: { from: string; to: string }) => scope.seesAsset(from) && scope.seesAsset(to);
    return {
      items: dependencies.suggestions().filter(seen),
      decided: dependencies.decisions
        .filter(seen)
        .map(({ from, to, decision, by, at }) => ({ from, to, decision, by, at })),
    };
  };
  return [
    route({
      method: 'get',
      path: '/api/incidents/:id/cascade',
      title: 'What fails next because of an incident, when, by which way, and what it costs',
      needs: 'incidents.read',
      params: z.strictObject({ id: z.string().min(1).max(256) }),
      answer: { schema: incidentCascade, title: 'What fails next' },
      handle({ context, params: { id } }, { scope }) {
        const found = store.incident(id);
        const incident = found === undefined ? undefined : scope.part(found);
        if (incident === undefined) throw notThere('incident');
        const graph = graphs.of(dependencies.graph, scope);
        const key = `${scope.key} ${incident.id}`;
        const stamp = `${incident.priority} ${incident.last} ${incident.detections.length} ${incident.detections.at(-1) ?? ''}`;
        const known = answers.get(key);
        if (known !== undefined && known.stamp === stamp && known.graph === graph)
          return context.json(known.answer);
        const answer = incidentCascadeOf(incident, { store, registry, graph });
        answers.delete(key);
        const oldest = answers.keys().next();
        if (answers.size >= MAX_KEPT && oldest.done !== true) answers.delete(oldest.value);
        answers.set(key, { stamp, graph, answer });
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
      handle: ({ context, body }, { scope }) =>
        context.json(answerTo(body, graphs.of(dependencies.graph, scope))),
    }),
    route({
      method: 'get',
      path: '/api/risk',
      title: 'The risk register: threats by assets and weaknesses, and what each mitigation is worth',
      needs: 'registry.read',
      answer: { schema: riskRegister, title: 'The risk register' },
      handle({ context }, { scope }) {
        const graph = graphs.of(dependencies.graph, scope);
        let register = registers.get(graph);
        if (register === undefined) {
          try {
            register = registerOf(graph, { maxWork: MAX_RISK_WORK });
            registers.set(graph, register);
          } catch (error) {
            if (error instanceof RiskProblem) throw new Problem(422, 'too-many', `${error.message}.`);
            throw error;
          }
        }
        return context.json(register);
      },
    }),
    route({
      method: 'get',
      path: '/api/dependencies/suggestions',
      title: 'Dependencies that what was recorded speaks for, and what was decided',
      needs: 'registry.read',
      answer: { schema: suggestionList, title: 'Suggestions' },
      handle: ({ context }, { scope }) => context.json(suggestions(scope)),
    }),
    route({
      method: 'post',
      path: '/api/dependencies/suggestions',
      title: 'Accept or reject a suggestion',
      needs: 'dependencies.decide',
      body: decided,
      answer: { schema: suggestionList, title: 'Suggestions afterwards' },
      async handle({ context, body: { id, decision } }, { name, scope }) {
        const { items, decided: earlier } = suggestions(scope);
        if (![...items.map((one) => one.id), ...earlier.map(({ from, to }) => `${from}>${to}`)].includes(id))
          throw notThere('suggestion');
        const at = clock.now();
        try {
          dependencies.decide(id, decision, name, at);
        } catch (error) {
          if (error instanceof RangeError) throw notThere('suggestion');
          throw error;
        }
        const from = addressOf(context, options);
        await store.audit({ at, by: name, from, action: `dependency.${decision}`, about: id });
        landscape.learnedChanged();
        return context.json(suggestions(scope));
      },
    }),
    route({
      method: 'get',
      path: '/api/cascade/comparisons',
      title: 'What-ifs that somebody kept',
      needs: 'incidents.read',
      answer: { schema: comparisonList, title: 'Kept comparisons, the newest first' },
      handle: ({ context }) => context.json({ items: landscape.comparisons() }),
    }),
    route({
      method: 'post',
      path: '/api/cascade/comparisons',
      title: 'Keep a what-if under a name; it is worked out anew whenever it is opened',
      needs: 'incidents.handle',
      body: comparison.omit({ id: true, by: true, at: true }),
      answer: { schema: comparison, title: 'What was kept' },
      async handle({ context, body }, { name }) {
        answerTo(body, landscape.graph);
        const at = clock.now();
        const made = { ...body, id: randomUUID().slice(0, 13), by: name, at };
        const from = addressOf(context, options);
        const audit = { at, by: name, from, action: 'cascade.kept', about: `${made.id} ${made.name}` };
        await kept(() => landscape.keepComparison(made, audit));
        return context.json(made);
      },
    }),
    route({
      method: 'delete',
      path: '/api/cascade/comparisons/:id',
      title: 'Keep a what-if no longer',
      needs: 'incidents.handle',
      params: z.strictObject({ id: z.string().min(1).max(64) }),
      answer: { schema: comparisonList, title: 'Kept comparisons afterwards' },
      async handle({ context, params: { id } }, { name }) {
        const from = addressOf(context, options);
        const audit = { at: clock.now(), by: name, from, action: 'cascade.dropped', about: id };
        await kept(() => landscape.dropComparison(id, audit));
        return context.json({ items: landscape.comparisons() });
      },
    }),
  ];
}

function answerTo(
  {
    fail,
    whatIf: changes,
    seed,
    lastingMs,
  }: Omit<z.output<typeof asked>, 'lastingMs'> & { lastingMs?: number },
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
