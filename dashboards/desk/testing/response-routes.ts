/// <reference types="node" />
/** For tests only: playbooks and a run as the cloud would answer. What people do to a step is kept in memory. */
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import type {
  IncidentResponse,
  PlaybookDocument,
  PlaybookLibrary,
  PlaybookPage,
  PlaybookRow,
  Rehearsed,
  RunPage,
  RunPreparation,
  RunRow,
  RunStep,
} from '../../../cloud/api/contract.ts';

const names = ['forced-door', 'robbery-duress', 'cold-chain-excursion', 'checkout-skimmer'];
const library = new URL('../../../cloud/playbooks/library/', import.meta.url);
const MINUTE_MS = 60_000;

const documents = names.map(
  (name) => JSON.parse(readFileSync(new URL(`${name}.json`, library), 'utf8')) as PlaybookDocument,
);
const forced = documents[0] as PlaybookDocument;

const rowOf = (of: PlaybookDocument, version = 0): PlaybookRow => ({
  id: of.id,
  name: of.name,
  description: of.description ?? '',
  labels: Array.isArray(of.labels) ? of.labels.map(String) : [],
  severity: 80,
  steps: Object.values(of.workflow).filter(({ type }) => type === 'action').length,
  machineSteps: Object.values(of.workflow).filter(({ commands }) =>
    commands?.some(({ type }) => type !== 'manual'),
  ).length,
  version,
  isBuiltIn: true,
  ...(version === 0 ? {} : { changed: { at: Date.parse('2026-11-20T10:00:00Z'), by: 'Ines Brandt' } }),
  underWay: of === forced ? 1 : 0,
});

/** @param body the last change's @param role decides nothing here, as in the pages */
export function responseRoutes(now: number, body: () => unknown): Hono {
  const versions = new Map(documents.map((one) => [one.id, 0]));
  const kept = new Map(documents.map((one) => [one.id, one]));
  let steps: RunStep[] = stepsAt(now);
  let status: RunRow['status'] = 'running';
  /** On the incident's page, where it is begun. */
  let isBegun = false;
  const log: RunPage['log'] = [
    { at: now - 6 * MINUTE_MS, by: 'Tom Feld', step: 'Ring the site: is anybody inside?', what: 'done' },
    {
      at: now - 5 * MINUTE_MS,
      by: 'gatehouse',
      step: 'Take a picture of the place',
      what: 'outcome-ok',
      text: 'a picture',
    },
    {
      at: now - 2 * MINUTE_MS,
      by: 'Tom Feld',
      step: 'Lock the door behind them or before them',
      what: 'approval-asked',
      text: 'Lock: Back door lock (Lindenhof Pharmacy)',
    },
  ];
  const row = (): RunRow => ({
    id: 'run-1',
    incident: 'i-break-in',
    title: 'Break-in at Lindenhof Pharmacy',
    playbook: forced.id,
    playbookName: forced.name,
    site: 'linden',
    status,
    startedAt: now - 8 * MINUTE_MS,
    startedBy: 'Tom Feld',
    done: steps.filter(({ state }) => state === 'done' || state === 'skipped').length,
    total: steps.length,
    asking: steps.filter(({ state }) => state === 'todo' || state === 'approval' || state === 'failed')
      .length,
    reviews: 0,
    approvals: steps.filter(({ state }) => state === 'approval').length,
  });
  const page = (): RunPage => ({
    row: row(),
    version: 0,
    steps,
    values: [
      { name: '__lock__', description: 'the lock of the door concerned', value: 'back-door-lock' },
      { name: '__account__', description: 'the account concerned', value: 'a.weber' },
    ],
    log,
  });
  const app = new Hono();
  app.get('/playbooks', (context) =>
    context.json({
      items: [...kept.values()].map((one) => rowOf(one, versions.get(one.id))),
      actions: [
        {
          command: 'gatehouse-gateway',
          title: 'Tell a device at the site',
          example: 'lock.lock __lock__:value',
        },
      ],
      targets: [],
      groups: ['responsible'],
      facts: ['__lock__'],
    } satisfies PlaybookLibrary),
  );
  app.get('/playbooks/:id', (context) => {
    const found = kept.get(context.req.param('id'));
    if (found === undefined) return context.notFound();
    const version = versions.get(found.id) ?? 0;
    return context.json({
      row: rowOf(found, version),
      playbook: found,
      versions: Array.from({ length: version + 1 }, (_none, back) => ({
        version: version - back,
        ...(version === back ? {} : { at: now, by: 'Ines Brandt' }),
      })),
      problems: [],
    } satisfies PlaybookPage);
  });
  app.post('/check', (context) => {
    const { playbook } = body() as { playbook: PlaybookDocument };
    const empty = Object.entries(playbook.workflow).find(([, { commands }]) =>
      commands?.some(({ command }) => command?.trim() === ''),
    );
    return context.json({
      problems:
        empty === undefined
          ? []
          : [{ path: 'commands.0.command', step: empty[0], message: 'says nothing: what is to be done?' }],
    });
  });
  app.post('/playbooks', (context) => {
    const { playbook } = body() as { playbook: PlaybookDocument };
    versions.set(playbook.id, (versions.get(playbook.id) ?? 0) + 1);
    kept.set(playbook.id, playbook);
    return context.json(rowOf(playbook, versions.get(playbook.id)));
  });
  app.get('/runs', (context) => context.json({ items: [row()] }));
  app.get('/runs/:id', (context) =>
    context.req.param('id') === 'run-1' ? context.json(page()) : context.notFound(),
  );
  app.post('/runs', (context) => {
    isBegun = true;
    return context.json(page());
  });
  app.post('/runs/:id/cancel', (context) => {
    status = 'cancelled';
    return context.json(page());
  });
  app.post('/runs/:id/steps/:key/:verb', (context) => {
    const { key, verb } = context.req.param();
    const becomes: Partial<Record<string, RunStep['state']>> = {
      done: 'done',
      approve: 'done',
      skip: 'skipped',
      refuse: 'failed',
      'not-done': 'failed',
    };
    const state = becomes[verb];
    steps = steps.map((step) =>
      step.key !== key || state === undefined
        ? step
        : { ...step, state, asks: [], endedBy: 'Mara Oduya', since: now },
    );
    return context.json(page());
  });
  app.post('/rehearse', (context) =>
    context.json({
      steps: [
        {
          step: 'a',
          name: 'Take a picture of the place',
          type: 'action',
          by: 'machine',
          says: ['Take a picture: Store room camera (Lindenhof Pharmacy)'],
          timeoutMs: MINUTE_MS,
        },
        {
          step: 'b',
          name: 'Lock the door behind them or before them',
          type: 'action',
          by: 'machine',
          says: ['Lock: Back door lock (Lindenhof Pharmacy)'],
          danger: 'people',
        },
      ],
      ends: true,
    } satisfies Rehearsed),
  );
  app.get('/incidents/:id', (context) =>
    context.json({
      suggested: documents.slice(0, 2).map((one) => ({
        playbook: rowOf(one),
        because: ['The back door was opened without a badge.'],
      })),
      runs: isBegun ? [row()] : [],
    } satisfies IncidentResponse),
  );
  app.get('/incidents/:id/playbooks/:playbook', (context) =>
    context.json({
      playbook: rowOf(forced),
      questions: [
        {
          name: '__lock__',
          description: 'the lock of the door concerned',
          value: 'back-door-lock',
          choices: [{ value: 'back-door-lock', label: 'Back door lock' }],
        },
        { name: '__account__', description: 'the account concerned', value: 'a.weber', choices: [] },
      ],
    } satisfies RunPreparation),
  );
  return app;
}

function stepsAt(now: number): RunStep[] {
  const step = (over: Partial<RunStep> & Pick<RunStep, 'key' | 'name' | 'state'>): RunStep => ({
    step: over.key,
    type: 'action',
    by: 'person',
    agent: 'Security desk',
    says: [],
    asks: [],
    sent: [],
    ...over,
  });
  return [
    step({
      key: 'picture.1',
      name: 'Take a picture of the place',
      state: 'done',
      by: 'machine',
      agent: 'Gatehouse',
      sent: [
        {
          says: 'Take a picture: Store room camera (Lindenhof Pharmacy)',
          at: now - 6 * MINUTE_MS,
          state: 'ok',
          detail: 'confirmed: a picture',
        },
      ],
    }),
    step({
      key: 'call.1',
      name: 'Ring the site: is anybody inside?',
      state: 'done',
      endedBy: 'Tom Feld',
      since: now - 6 * MINUTE_MS,
    }),
    step({
      key: 'lock.1',
      name: 'Lock the door behind them or before them',
      state: 'approval',
      by: 'machine',
      agent: 'Gatehouse',
      says: ['Nobody of the staff is inside. A second person must agree: somebody could be locked in.'],
      approval: {
        danger: 'people',
        says: ['Lock: Back door lock (Lindenhof Pharmacy)'],
        requestedBy: 'Tom Feld',
        requestedAt: now - 2 * MINUTE_MS,
      },
    }),
    step({
      key: 'block.1',
      name: 'Block the account that was used',
      state: 'failed',
      by: 'machine',
      agent: 'Gatehouse',
      attempt: 2,
      text: 'Web shop answered 404: no such account',
      sent: [
        {
          says: 'Web shop: Block the account a.weber',
          at: now - MINUTE_MS,
          state: 'failed',
          detail: 'Web shop answered 404: no such account',
        },
      ],
    }),
    step({
      key: 'police.1',
      name: 'Call the police',
      state: 'todo',
      says: ['Give: address of Lindenhof Pharmacy, which door, since when, whether people are inside.'],
      dueAt: now + 3 * MINUTE_MS,
      asks: [{ name: '__is_real__', description: 'Are they on their way?', type: 'bool', choices: [] }],
    }),
    step({ key: 'keep', name: 'Keep the evidence', state: 'ahead' }),
    step({
      key: 'tell',
      name: 'Tell the responsible person',
      state: 'ahead',
      by: 'machine',
      agent: 'Gatehouse',
    }),
  ];
}
