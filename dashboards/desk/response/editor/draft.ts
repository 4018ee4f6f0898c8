/** Changes to a playbook in the editor: each gives a new playbook, so that each can be undone. Pure but for new names. */
import type { PlaybookDocument, PlaybookStep } from '../../../../cloud/api/contract.ts';

/** Steps back that are kept. */
const MAX_UNDO = 100;

/** Everything that leads from a step elsewhere. */
export const linkNames = ['on_completion', 'on_success', 'on_failure', 'on_true', 'on_false'] as const;
export type LinkName = (typeof linkNames)[number];

export interface Edge {
  from: string;
  to: string;
  /** The property that says so: `on_failure`, `next_steps.1`, `cases.yes`. */
  by: string;
}

export function edgesOf({ workflow }: PlaybookDocument): Edge[] {
  return Object.entries(workflow).flatMap(([from, step]) => [
    ...(step.next_steps ?? []).map((to, index) => ({ from, to, by: `next_steps.${index}` })),
    ...Object.entries(step.cases ?? {}).map(([value, to]) => ({ from, to, by: `cases.${value}` })),
    ...linkNames.flatMap((by) => {
      const to = step[by];
      return to === undefined ? [] : [{ from, to, by }];
    }),
  ]);
}

const identifier = (type: string) => `${type}--${crypto.randomUUID()}`;

/** The way on from a step that nobody says `if it fails` of. */
export const onward = ({ type }: PlaybookStep): LinkName =>
  type === 'action' || type === 'playbook-action' ? 'on_success' : 'on_completion';

const withStep = (of: PlaybookDocument, id: string, step: PlaybookStep): PlaybookDocument => ({
  ...of,
  workflow: { ...of.workflow, [id]: step },
});

/** Changes some of a step; what is undefined is taken away. */
export function changeStep(
  of: PlaybookDocument,
  id: string,
  change: { [Key in keyof PlaybookStep]?: PlaybookStep[Key] | undefined },
): PlaybookDocument {
  const before = of.workflow[id];
  if (before === undefined) return of;
  const after = Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined),
  ) as unknown as PlaybookStep;
  return withStep(of, id, after);
}

/** Leads from a step to another one, or, where there is none, nowhere. */
export function connect(
  of: PlaybookDocument,
  { from, by }: Omit<Edge, 'to'>,
  to: string | undefined,
): PlaybookDocument {
  const step = of.workflow[from];
  if (step === undefined) return of;
  const [list, key = ''] = by.split('.');
  if (list === 'next_steps') {
    const next = [...(step.next_steps ?? [])];
    if (to === undefined) next.splice(Number(key), 1);
    else next[Number(key)] = to;
    return changeStep(of, from, { next_steps: next });
  }
  if (list === 'cases') {
    const { [key]: _gone, ...cases } = step.cases ?? {};
    return changeStep(of, from, { cases: to === undefined ? cases : { ...cases, [key]: to } });
  }
  const name = linkNames.find((one) => one === by);
  if (name === undefined) return of;
  // A step has one way on, or two of which one is for failure: never both kinds (CACAO 2.0, section 4.1).
  const cleared =
    to !== undefined && name === 'on_completion'
      ? { on_success: undefined, on_failure: undefined }
      : to !== undefined &&
          (name === 'on_success' || name === 'on_failure') &&
          step.on_completion !== undefined
        ? {
            on_completion: undefined,
            ...(name === 'on_failure' && step.on_success === undefined
              ? { on_success: step.on_completion }
              : {}),
          }
        : {};
  return changeStep(of, from, { ...cleared, [name]: to });
}

export type NewStep =
  | 'manual'
  | 'gatehouse-gateway'
  | 'http-api'
  | 'gatehouse-mail'
  | 'gatehouse-notice'
  | 'parallel'
  | 'if-condition'
  | 'while-condition'
  | 'switch-condition'
  | 'end';
export const newSteps: readonly NewStep[] = [
  'manual',
  'gatehouse-gateway',
  'gatehouse-notice',
  'gatehouse-mail',
  'http-api',
  'if-condition',
  'while-condition',
  'parallel',
  'switch-condition',
  'end',
];

const MINUTE_MS = 60_000;

/** Puts a step between another and what followed it. @returns the playbook and the new step */
export function addAfter(
  of: PlaybookDocument,
  after: string,
  kind: NewStep,
  words: { name: string; text: string; example: string },
): { playbook: PlaybookDocument; id: string } {
  const before = of.workflow[after];
  const agent = Object.keys(of.agent_definitions ?? {})[0];
  if (before === undefined || agent === undefined) return { playbook: of, id: after };
  const by = before.on_completion === undefined ? onward(before) : 'on_completion';
  const next = before[by];
  const isAction = kind === 'manual' || kind.startsWith('gatehouse-') || kind === 'http-api';
  const type: PlaybookStep['type'] = isAction ? 'action' : (kind as PlaybookStep['type']);
  const id = identifier(type);
  let playbook = of;
  const branch = (): string => {
    const end = identifier('end');
    const first = identifier('action');
    playbook = withStep(playbook, end, { type: 'end' });
    playbook = withStep(playbook, first, {
      type: 'action',
      name: words.name,
      agent,
      timeout: 15 * MINUTE_MS,
      commands: [{ type: 'manual', command: words.text }],
      on_success: end,
    });
    return first;
  };
  const step: PlaybookStep = isAction
    ? {
        type: 'action',
        name: words.name,
        agent,
        timeout: 15 * MINUTE_MS,
        commands: [{ type: kind, command: kind === 'manual' ? words.text : words.example }],
        ...(next === undefined ? {} : { on_success: next }),
      }
    : type === 'end'
      ? { type }
      : {
          type,
          name: words.name,
          ...(type === 'parallel' ? { next_steps: [branch(), branch()] } : {}),
          ...(type === 'if-condition' || type === 'while-condition'
            ? { condition: "__severity__:value = 'critical'", on_true: branch() }
            : {}),
          ...(type === 'switch-condition'
            ? { switch: '__severity__:value', cases: { critical: branch(), default: branch() } }
            : {}),
          ...(next === undefined ? {} : { on_completion: next }),
        };
  playbook = withStep(playbook, id, step);
  return { playbook: connect(playbook, { from: after, by }, id), id };
}

/** Takes a step out: what led to it leads to what followed it; what nothing leads to any more goes as well. */
export function takeOut(of: PlaybookDocument, id: string): PlaybookDocument {
  const step = of.workflow[id];
  if (step === undefined || step.type === 'start') return of;
  const next = step.on_completion ?? step.on_success;
  let playbook = of;
  // From behind, so that the places of branches hold.
  for (const { from, by } of edgesOf(of)
    .filter(({ to }) => to === id)
    .reverse())
    playbook = connect(playbook, { from, by }, next);
  const { [id]: _gone, ...workflow } = playbook.workflow;
  return withoutStrays({ ...playbook, workflow });
}

function withoutStrays(of: PlaybookDocument): PlaybookDocument {
  const reached = new Set<string>();
  const open = [of.workflow_start, ...(of.workflow_exception === undefined ? [] : [of.workflow_exception])];
  const edges = Map.groupBy(edgesOf(of), ({ from }) => from);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...(edges.get(id) ?? []).map(({ to }) => to));
  }
  const workflow = Object.fromEntries(Object.entries(of.workflow).filter(([id]) => reached.has(id)));
  return { ...of, workflow };
}

/** One more branch of a block. */
export function addBranch(
  of: PlaybookDocument,
  id: string,
  words: { name: string; text: string },
): PlaybookDocument {
  const step = of.workflow[id];
  const agent = Object.keys(of.agent_definitions ?? {})[0];
  if (step?.type !== 'parallel' || agent === undefined) return of;
  const [first, end] = [identifier('action'), identifier('end')];
  const fresh: PlaybookStep = {
    type: 'action',
    name: words.name,
    agent,
    commands: [{ type: 'manual', command: words.text }],
    on_success: end,
  };
  const grown = withStep(withStep(of, end, { type: 'end' }), first, fresh);
  return changeStep(grown, id, { next_steps: [...(step.next_steps ?? []), first] });
}

/** Something to begin with. */
export function freshPlaybook(name: string, desk: string, text: string): PlaybookDocument {
  const [start, action, end, agent] = ['start', 'action', 'end', 'group'].map(identifier) as [
    string,
    string,
    string,
    string,
  ];
  const at = new Date().toISOString();
  return {
    type: 'playbook',
    spec_version: 'cacao-2.0',
    id: identifier('playbook'),
    name,
    created_by: identifier('identity'),
    created: at,
    modified: at,
    workflow_start: start,
    workflow: {
      [start]: { type: 'start', on_completion: action },
      [action]: {
        type: 'action',
        name: text,
        agent,
        timeout: 15 * MINUTE_MS,
        commands: [{ type: 'manual', command: text }],
        on_success: end,
      },
      [end]: { type: 'end' },
    },
    agent_definitions: { [agent]: { type: 'group', name: desk } },
  };
}

/** What was, what is, and what was taken back. */
export interface History<Value> {
  past: readonly Value[];
  present: Value;
  future: readonly Value[];
}
export const historyOf = <Value>(present: Value): History<Value> => ({ past: [], present, future: [] });
export const changed = <Value>({ past, present }: History<Value>, next: Value): History<Value> =>
  next === present
    ? { past, present, future: [] }
    : { past: [...past, present].slice(-MAX_UNDO), present: next, future: [] };
export function undone<Value>(of: History<Value>): History<Value> {
  const before = of.past.at(-1);
  return before === undefined
    ? of
    : { past: of.past.slice(0, -1), present: before, future: [of.present, ...of.future] };
}
export function redone<Value>(of: History<Value>): History<Value> {
  const [next, ...future] = of.future;
  return next === undefined ? of : { past: [...of.past, of.present], present: next, future };
}
