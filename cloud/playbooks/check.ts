/** Whether a playbook's workflow holds together: what reading alone can't tell. Each problem names its step. Pure. */
import { type Playbook, type PlaybookProblem, stepName, type WorkflowStep } from './cacao.ts';
import { parseExpression, placesOf, variablesOf } from './expression.ts';

/** Steps that may follow, by the property that names them. */
export function followers(step: WorkflowStep): { property: string; to: string }[] {
  const found: { property: string; to: string }[] = [];
  const add = (property: string, to: string | undefined) => {
    if (to !== undefined) found.push({ property, to });
  };
  add('on_completion', step.on_completion);
  add('on_success', step.on_success);
  add('on_failure', step.on_failure);
  switch (step.type) {
    case 'parallel':
      step.next_steps.forEach((to, index) => add(`next_steps.${index}`, to));
      break;
    case 'if-condition':
      add('on_true', step.on_true);
      add('on_false', step.on_false);
      break;
    case 'while-condition':
      add('on_true', step.on_true);
      break;
    case 'switch-condition':
      for (const [value, to] of Object.entries(step.cases)) add(`cases.${value}`, to);
      break;
    default:
  }
  return found;
}

/** Variables that every run knows: out of the incident (facts.ts). */
export const factNames = [
  '__incident__',
  '__title__',
  '__severity__',
  '__worlds__',
  '__rules__',
  '__site__',
  '__site_name__',
  '__door__',
  '__lock__',
  '__cabinet__',
  '__camera__',
  '__siren__',
  '__fridge__',
  '__host__',
  '__shop__',
  '__payment_service__',
  '__person__',
  '__person_name__',
  '__account__',
  '__address__',
] as const;

/** What is wrong with a playbook that could be read. Empty: it can be run. */
export function checkPlaybook(playbook: Playbook): PlaybookProblem[] {
  const problems: PlaybookProblem[] = [];
  const { workflow, workflow_start: start, workflow_exception: exception } = playbook;
  const tell = (step: string | undefined, property: string, message: string) =>
    problems.push({
      path: step === undefined ? property : `workflow.${step}${property === '' ? '' : `.${property}`}`,
      ...(step === undefined ? {} : { step }),
      message,
    });
  if (workflow[start]?.type !== 'start') tell(undefined, 'workflow_start', 'names no start step');
  if (exception !== undefined && workflow[exception] === undefined)
    tell(undefined, 'workflow_exception', 'names a step that is not there');
  const variables = new Set<string>([...factNames, ...Object.keys(playbook.playbook_variables ?? {})]);
  for (const step of Object.values(workflow))
    for (const name of Object.keys(step.step_variables ?? {})) variables.add(name);
  const known = (id: string, property: string, names: readonly string[]) => {
    for (const name of new Set(names))
      if (!variables.has(name)) tell(id, property, `nobody says what ${name} is: declare it as a variable`);
  };
  for (const [id, step] of Object.entries(workflow)) {
    if (!id.startsWith(`${step.type}--`)) tell(id, 'type', `its identifier should begin with ${step.type}--`);
    for (const { property, to } of followers(step)) {
      const next = workflow[to];
      if (next === undefined) tell(id, property, 'leads to a step that is not there');
      else if (next.type === 'start') tell(id, property, 'leads back to the start');
    }
    if (step.on_completion !== undefined && (step.on_success ?? step.on_failure) !== undefined)
      tell(id, 'on_completion', 'goes with neither on_success nor on_failure (section 4.1)');
    if (step.type === 'start' && step.on_completion === undefined)
      tell(id, 'on_completion', 'nothing follows the start');
    if (step.type === 'end' && followers(step).length > 0)
      tell(id, 'on_completion', 'nothing follows an end');
    if (step.type === 'if-condition' || step.type === 'while-condition') {
      try {
        known(id, 'condition', variablesOf(parseExpression(step.condition)));
      } catch (error) {
        tell(id, 'condition', error instanceof Error ? error.message : 'can’t be read');
      }
    }
    if (step.type === 'switch-condition') known(id, 'switch', [step.switch.replace(/:value$/, '')]);
    if (step.type === 'action') {
      if (playbook.agent_definitions?.[step.agent] === undefined)
        tell(id, 'agent', 'names nobody who is defined in this playbook');
      step.targets?.forEach((target, index) => {
        if (playbook.target_definitions?.[target] === undefined)
          tell(id, `targets.${index}`, 'names a target that is not defined in this playbook');
      });
      step.commands.forEach((command, index) => {
        const isEncoded = command.command_b64 !== undefined;
        if (!isEncoded && (command.command ?? command.description ?? step.description ?? '').trim() === '')
          tell(id, `commands.${index}.command`, 'says nothing: what is to be done?');
        known(id, `commands.${index}.command`, placesOf(`${command.command ?? ''} ${command.content ?? ''}`));
      });
      known(id, 'out_args', step.out_args ?? []);
    }
  }
  for (const id of unreached(playbook)) tell(id, '', 'is never reached');
  for (const id of circles(workflow))
    tell(id, '', 'goes round in a circle: a while-condition does that and ends');
  return problems;
}

function unreached({ workflow, workflow_start: start, workflow_exception: exception }: Playbook): string[] {
  const reached = new Set<string>();
  const open = [start, ...(exception === undefined ? [] : [exception])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = workflow[id];
    if (step === undefined || reached.has(id)) continue;
    reached.add(id);
    open.push(...followers(step).map(({ to }) => to));
  }
  return Object.keys(workflow).filter((id) => !reached.has(id));
}

/** Steps that lead back to themselves; the first of each circle. */
function circles(workflow: Playbook['workflow']): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const found = new Set<string>();
  for (const first of Object.keys(workflow)) {
    if (state.has(first)) continue;
    const path: { id: string; next: string[] }[] = [];
    const enter = (id: string) => {
      state.set(id, 'open');
      const step = workflow[id];
      path.push({ id, next: step === undefined ? [] : followers(step).map(({ to }) => to) });
    };
    enter(first);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = top.next.pop();
      if (to === undefined) {
        state.set(top.id, 'done');
        path.pop();
      } else if (state.get(to) === 'open') found.add(to);
      else if (!state.has(to) && workflow[to] !== undefined) enter(to);
    }
  }
  return [...found];
}

/** A problem in one line, with the step's name where it is a step's. */
export const problemLine = (problem: PlaybookProblem, playbook?: Playbook): string => {
  const step = problem.step === undefined ? undefined : playbook?.workflow[problem.step];
  const where =
    problem.step === undefined || step === undefined ? problem.path : `"${stepName(problem.step, step)}"`;
  return where === '' ? problem.message : `${where} ${problem.message}`;
};
