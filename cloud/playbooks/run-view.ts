/** A run and a playbook as the desk shows them. Pure. */
import type { PlaybookRow, RunPage, RunRow, RunStep } from '../api/contract/response.ts';
import { type Playbook, stepName, type WorkflowStep } from './cacao.ts';
import { followers } from './check.ts';
import { filledIn, type Values } from './expression.ts';
import { isAsking, isOver, type Run, type StepRun, wantsReview } from './runner/run.ts';
import type { Shelved } from './shelf.ts';

const isDoing = (step: WorkflowStep | undefined): boolean =>
  step?.type === 'action' || step?.type === 'playbook-action';

const isByMachine = (step: WorkflowStep | undefined): boolean =>
  step?.type === 'action' &&
  step.commands.some(({ type }) => type.startsWith('gatehouse-') || type === 'http-api');

export function playbookRowOf(
  { playbook, version, changed, isBuiltIn }: Shelved,
  underWay: number,
): PlaybookRow {
  const steps = Object.values(playbook.workflow).filter(isDoing);
  return {
    id: playbook.id,
    name: playbook.name,
    description: playbook.description ?? '',
    labels: playbook.labels ?? [],
    severity: playbook.severity ?? 0,
    steps: steps.length,
    machineSteps: steps.filter(isByMachine).length,
    version,
    isBuiltIn,
    ...(changed === undefined ? {} : { changed }),
    underWay,
  };
}

/** Steps in the order in which one reads them: the way of success first. */
export function readingOrder({ workflow, workflow_start: start }: Playbook): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (id: string) => {
    const step = workflow[id];
    if (step === undefined || seen.has(id)) return;
    seen.add(id);
    order.push(id);
    const next = followers(step);
    const isInner = ({ property }: { property: string }) =>
      !property.startsWith('on_') || /^on_(true|false)$/.test(property);
    // A block's branches before what follows it, a failure's way before going on: as it would be told.
    for (const { to } of next.filter(isInner)) visit(to);
    for (const { to } of next.filter(({ property }) => property === 'on_failure')) visit(to);
    for (const { to } of next.filter((one) => !isInner(one))) visit(to);
  };
  visit(start);
  return order;
}

/** What can still come: from where the run is. */
function ahead(run: Run, playbook: Playbook): string[] {
  if (run.status !== 'running') return [];
  const reached = new Set<string>();
  const open = run.steps.filter((step) => !isOver(step)).map(({ step }) => step);
  const from = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = playbook.workflow[id];
    if (step === undefined || reached.has(id)) continue;
    reached.add(id);
    // The way of a failure is shown when it is gone.
    open.push(...followers(step).flatMap(({ property, to }) => (property === 'on_failure' ? [] : [to])));
  }
  const begun = new Set(run.steps.map(({ step }) => step));
  return readingOrder(playbook).filter(
    (id) => reached.has(id) && !from.has(id) && !begun.has(id) && isDoing(playbook.workflow[id]),
  );
}

export function runRowOf(run: Run, playbook: Playbook, incident = run.incident): RunRow {
  const doing = run.steps.filter(({ step }) => isDoing(playbook.workflow[step]));
  const asking = run.status === 'running' ? run.steps.filter(isAsking) : [];
  return {
    id: run.id,
    incident,
    title: run.title,
    playbook: run.playbook,
    playbookName: run.playbookName,
    ...(run.site === undefined ? {} : { site: run.site }),
    status: run.status,
    startedAt: run.startedAt,
    startedBy: run.startedBy,
    ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
    done: doing.filter(isOver).length,
    total: doing.length + ahead(run, playbook).length,
    asking: asking.length,
    approvals: asking.filter(({ state }) => state === 'approval').length,
    reviews: run.steps.filter(wantsReview).length,
  };
}

export function runPageOf(run: Run, playbook: Playbook, incident = run.incident): RunPage {
  const begun = run.steps
    .filter(({ step, state }) => isDoing(playbook.workflow[step]) || state === 'failed')
    .map((entry) => stepOf(entry, run, playbook));
  const coming = ahead(run, playbook).map(
    (id): RunStep => ({ ...faceOf(id, playbook, run.values), key: id, state: 'ahead', asks: [], sent: [] }),
  );
  const variables = playbook.playbook_variables ?? {};
  return {
    row: runRowOf(run, playbook, incident),
    version: run.version,
    steps: [...begun, ...coming],
    values: Object.entries(variables).flatMap(([name, { description = name }]) =>
      (run.values[name] ?? '') === '' ? [] : [{ name, description, value: run.values[name] ?? '' }],
    ),
    log: run.log,
    ...(run.text === undefined ? {} : { text: run.text }),
    ...(run.endedBy === undefined ? {} : { endedBy: run.endedBy }),
  };
}

function faceOf(
  id: string,
  playbook: Playbook,
  values: Values,
): Pick<RunStep, 'step' | 'name' | 'type' | 'by' | 'says'> & { agent?: string } {
  const step = playbook.workflow[id];
  const commands = step?.type === 'action' ? step.commands : [];
  const agent = step?.type === 'action' ? playbook.agent_definitions?.[step.agent]?.name : undefined;
  const words = (text: string) =>
    filledIn(text, values).text.replaceAll(/(__[a-zA-Z_][a-zA-Z0-9_-]*?__)(?::value)?/g, '…');
  return {
    step: id,
    name: step === undefined ? id : stepName(id, step),
    type: step?.type ?? 'action',
    by: isByMachine(step) ? 'machine' : isDoing(step) ? 'person' : 'flow',
    says: commands.map((command) =>
      words(
        command.type === 'manual' || command.type === 'gatehouse-notice'
          ? (command.command ?? command.description ?? '')
          : (command.description ?? step?.description ?? command.command ?? ''),
      ),
    ),
    ...(agent === undefined ? {} : { agent }),
  };
}

function stepOf(entry: StepRun, run: Run, playbook: Playbook): RunStep {
  const step = playbook.workflow[entry.step];
  const isOpen = run.status === 'running' && !isOver(entry);
  const asks =
    step?.type === 'action' && entry.state === 'todo'
      ? (step.out_args ?? []).map((name) => {
          const variable = playbook.playbook_variables?.[name];
          return {
            name,
            description: variable?.description ?? name,
            type: variable?.type ?? 'string',
            choices: choicesOf(name, playbook),
          };
        })
      : [];
  return {
    ...faceOf(entry.step, playbook, run.values),
    key: entry.key,
    state: entry.state,
    beganAt: entry.beganAt,
    since: entry.since,
    ...(entry.startsAt === undefined ? {} : { startsAt: entry.startsAt }),
    ...(entry.dueAt === undefined || !isOpen ? {} : { dueAt: entry.dueAt }),
    ...(entry.isOverdue === undefined ? {} : { isOverdue: entry.isOverdue }),
    ...(entry.wentOn === undefined ? {} : { wentOn: entry.wentOn }),
    attempt: entry.attempt,
    ...(entry.assignee === undefined ? {} : { assignee: entry.assignee }),
    ...(entry.approval === undefined ? {} : { approval: entry.approval }),
    asks,
    sent: entry.effects.map(({ says, issuedAt, state, detail }) => ({
      says,
      at: issuedAt,
      state,
      ...(detail === undefined ? {} : { detail }),
    })),
    ...(entry.by === undefined ? {} : { endedBy: entry.by }),
    ...(entry.text === undefined ? {} : { text: entry.text }),
  };
}

/** Where a switch goes by it, its cases are what can be answered. */
function choicesOf(name: string, playbook: Playbook): string[] {
  for (const step of Object.values(playbook.workflow))
    if (step.type === 'switch-condition' && step.switch.replace(/:value$/, '') === name)
      return Object.keys(step.cases).filter((value) => value !== 'default');
  return [];
}
