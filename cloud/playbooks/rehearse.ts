/** A dry run: the real runner, whose deeds are written down instead of done and whose people agree to everything. Pure. */
import { type Playbook, stepName } from './cacao.ts';
import { advance, type Surroundings } from './runner/machine.ts';
import { isAsking, type Run } from './runner/run.ts';

/** Turns of a dry run; a playbook that asks for more goes in circles. */
const MAX_TURNS = 1_000;

export interface RehearsedStep {
  step: string;
  name: string;
  type: string;
  /** Who does it: a person, a machine, or nobody (it only leads on). */
  by: 'person' | 'machine' | 'flow';
  /** What would be sent, word for word; for a person what is to be done. */
  says: string[];
  /** Somebody else would have to agree. */
  danger?: 'people' | 'trade';
  /** Why it could not be done as things are. */
  problem?: string;
  delayMs?: number;
  timeoutMs?: number;
  /** The answers assumed here. */
  assumed?: Record<string, string>;
}

export interface Rehearsal {
  steps: RehearsedStep[];
  /** Whether it comes to an end when everybody does their part. */
  ends: boolean;
}

/**
 * @param run fresh, with its values; answers that it does not hold yet are assumed as yes, or as the first case of the
 * switch that asks for them
 */
export function rehearse(
  run: Run,
  playbook: Playbook,
  now: number,
  prepare: Surroundings['prepare'],
): Rehearsal {
  let current = run;
  let at = now;
  const told = new Map<string, RehearsedStep>();
  const given = new Map<string, string>();
  const take = (event: Parameters<typeof advance>[1]): boolean => {
    const result = advance(current, event, { playbook, now: at, prepare });
    if (result.refused !== undefined) return false;
    current = result.run;
    return true;
  };
  const tell = (key: string): RehearsedStep => {
    const known = told.get(key);
    if (known !== undefined) return known;
    const entry = current.steps.find((one) => one.key === key);
    const step = playbook.workflow[entry?.step ?? ''];
    const id = entry?.step ?? key;
    const fresh: RehearsedStep = {
      step: id,
      name: step === undefined ? id : stepName(id, step),
      type: step?.type ?? 'action',
      by: 'flow',
      says: [],
      ...(step?.delay === undefined ? {} : { delayMs: step.delay }),
      ...(step?.timeout === undefined ? {} : { timeoutMs: step.timeout }),
    };
    told.set(key, fresh);
    return fresh;
  };
  take({ type: 'begin' });
  for (let turn = 0; turn < MAX_TURNS && current.status === 'running'; turn++) {
    const waiting = current.steps.find(({ state }) => state === 'waiting');
    const running = current.steps.find(({ state }) => state === 'running');
    const asking = current.steps.find(isAsking);
    if (running !== undefined) {
      const line = tell(running.key);
      const effect = running.effects.at(-1);
      line.by = 'machine';
      if (effect === undefined) break;
      line.says.push(effect.says);
      take({ type: 'outcome', effect: effect.id, state: 'ok', detail: 'dry run' });
    } else if (asking !== undefined) {
      const line = tell(asking.key);
      const step = playbook.workflow[asking.step];
      if (asking.state === 'approval') {
        if (asking.approval !== undefined) line.danger = asking.approval.danger;
        take({ type: 'approve', step: asking.key, by: `somebody other than ${run.startedBy}` });
      } else if (asking.state === 'todo') {
        line.by = 'person';
        const command = step?.type === 'action' ? step.commands[asking.command] : undefined;
        line.says.push(command?.command ?? command?.description ?? step?.description ?? '');
        const asked = step?.type === 'action' ? (step.out_args ?? []) : [];
        const values = Object.fromEntries(
          asked.map((name) => [name, answerFor(name, playbook, current.values, given)]),
        );
        if (asked.length > 0) line.assumed = values;
        for (const [name, value] of Object.entries(values)) given.set(name, value);
        if (!take({ type: 'done', step: asking.key, by: run.startedBy, values })) break;
      } else {
        line.problem = asking.text ?? 'failed';
        if (line.by === 'flow') line.by = 'machine';
        if (!take({ type: 'skip', step: asking.key, by: run.startedBy, text: 'dry run' })) break;
      }
    } else if (waiting !== undefined) {
      tell(waiting.key);
      at = Math.max(at, waiting.startsAt ?? at);
      take({ type: 'tick' });
    } else break;
  }
  // In the order in which they would begin; those that only lead on as well.
  const steps = current.steps.map((entry) => {
    const line = tell(entry.key);
    if (entry.state === 'failed' && entry.text !== undefined) line.problem ??= entry.text;
    return line;
  });
  return { steps, ends: current.status === 'done' };
}

/** Yes to what is asked with yes or no; a number that is in the middle; else the first case of a switch over it. */
function answerFor(
  name: string,
  playbook: Playbook,
  values: Readonly<Record<string, string>>,
  given: ReadonlyMap<string, string>,
): string {
  const known = values[name] ?? given.get(name);
  if (known !== undefined && known !== '') return known;
  for (const step of Object.values(playbook.workflow))
    if (step.type === 'switch-condition' && step.switch.replace(/:value$/, '') === name)
      return Object.keys(step.cases)[0] ?? 'x';
  const type = playbook.playbook_variables?.[name]?.type;
  return type === 'bool'
    ? 'true'
    : type === 'float' || type === 'integer' || type === 'long'
      ? '10'
      : 'as found';
}
