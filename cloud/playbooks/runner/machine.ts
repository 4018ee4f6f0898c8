/**
 * The runner as a state machine: a run and something that happened give the run as it is then and what machines must be
 * asked to do. Nothing here touches the world. Whoever drives it stores the run BEFORE a deed is begun, so a deed that
 * is in the store as sent may have been done or not, and one that is not in the store was never begun.
 */
import type { CacaoCommand, Playbook, WorkflowStep } from '../cacao.ts';
import { stepName } from '../cacao.ts';
import { evaluate, parseExpression, type Values } from '../expression.ts';
import {
  type Danger,
  type Deed,
  type Effect,
  isOver,
  MAX_LOG,
  MAX_VALUE,
  type Run,
  type StepRun,
} from './run.ts';

/** Steps begun in one run, at most: what goes round for ever stops here and asks somebody. */
export const MAX_BEGUN = 500;
/** Lines of steps side by side; each may meet the bound of steps with one step of its own. */
export const MAX_THREADS = 64;
/** Rounds of one while-condition. */
export const MAX_ROUNDS = 50;
/** Attempts at one step. */
export const MAX_ATTEMPTS = 10;
/** A machine that says nothing for so long is given up, where the playbook names no time-out. */
export const MACHINE_TIMEOUT_MS = 120_000;

/** What a command comes down to here. */
export type Prepared =
  | { is: 'manual' }
  | { is: 'problem'; message: string }
  | { is: 'deed'; deed: Deed; says: string; isRepeatable: boolean; danger?: Danger };

export interface Surroundings {
  playbook: Playbook;
  now: number;
  /** Pure: what a command of a step means in this installation. */
  prepare(command: CacaoCommand, step: ActionStep, values: Values): Prepared;
}
export type ActionStep = Extract<WorkflowStep, { type: 'action' }>;

export type RunEvent =
  | { type: 'begin' }
  | { type: 'tick' }
  /** After a crash or a restart: what was under way, is it done? */
  | { type: 'recover' }
  | { type: 'outcome'; effect: string; state: 'ok' | 'failed' | 'unknown'; detail: string }
  | { type: 'done'; step: string; by: string; text?: string; values?: Readonly<Record<string, string>> }
  | { type: 'not-done'; step: string; by: string; text: string }
  | { type: 'skip'; step: string; by: string; text: string }
  | { type: 'retry'; step: string; by: string }
  | { type: 'assign'; step: string; by: string; assignee: string }
  /** `alone`: in an emergency, without a second person; whether that is allowed was decided before. */
  | { type: 'approve'; step: string; by: string; alone?: { reason: string } }
  /** A second person looks afterwards at what one agreed to alone; also when the run is over. */
  | { type: 'review'; step: string; by: string; wasRight: boolean; text: string }
  | { type: 'refuse'; step: string; by: string; text: string }
  | { type: 'cancel'; by: string; text: string };

/** Why something is not done, in a word for programs and a sentence for people. */
export interface Refusal {
  code: 'over' | 'no-such-step' | 'not-now' | 'same-person' | 'answer-first' | 'too-often' | 'alone';
  message: string;
}

export type Advanced = { run: Run; effects: Effect[]; refused?: never } | { refused: Refusal };

/** Who acts where no person does. */
export const MACHINE = 'gatehouse';

/** The run after something happened; the one given is left as it is. */
export function advance(run: Run, event: RunEvent, surroundings: Surroundings): Advanced {
  const machine = new Machine(structuredClone(run), surroundings);
  const refused = machine.take(event);
  return refused === undefined ? { run: machine.run, effects: machine.effects } : { refused };
}

class Machine {
  readonly run: Run;
  readonly effects: Effect[] = [];
  readonly #playbook: Playbook;
  readonly #now: number;
  readonly #prepare: Surroundings['prepare'];

  constructor(run: Run, { playbook, now, prepare }: Surroundings) {
    this.run = run;
    this.#playbook = playbook;
    this.#now = now;
    this.#prepare = prepare;
  }

  take(event: RunEvent): Refusal | undefined {
    if (event.type === 'outcome') return this.#outcome(event.effect, event.state, event.detail);
    if (event.type !== 'review' && this.run.status !== 'running')
      return event.type === 'tick' || event.type === 'recover'
        ? undefined
        : { code: 'over', message: 'This run is over.' };
    switch (event.type) {
      case 'begin':
        if (this.run.nextThread === 0) this.#thread(this.#playbook.workflow_start, undefined);
        return undefined;
      case 'tick':
        for (const step of [...this.run.steps]) this.#passTime(step);
        return undefined;
      case 'recover':
        for (const step of [...this.run.steps]) this.#recover(step);
        for (const step of [...this.run.steps]) this.#passTime(step);
        return undefined;
      case 'cancel':
        return this.#cancel(event.by, event.text);
      default: {
        const step = this.run.steps.find(({ key }) => key === event.step);
        if (step === undefined) return { code: 'no-such-step', message: 'This run has no such step.' };
        return this.#asked(step, event);
      }
    }
  }

  #asked(step: StepRun, event: Extract<RunEvent, { step: string; by: string }>): Refusal | undefined {
    const notNow: Refusal = {
      code: 'not-now',
      message: `This step is ${step.state} by now; somebody was faster, perhaps.`,
    };
    const isStuck = step.state === 'unknown' || (step.state === 'failed' && step.wentOn !== true);
    switch (event.type) {
      case 'done': {
        if (step.state !== 'todo' && !isStuck) return notNow;
        const refused = this.#answers(step, event.values ?? {});
        if (refused !== undefined) return refused;
        if (isStuck) this.#settle(step, 'ok', event.by);
        const said = event.text ?? this.#answerOf(step);
        this.#say(event.by, step, 'done', said);
        if (step.state === 'todo' && this.#hasMore(step)) {
          step.command++;
          this.#work(step);
        } else this.#complete(step, 'success', event.by, said);
        return undefined;
      }
      case 'not-done':
        if (step.state !== 'todo' && step.state !== 'unknown') return notNow;
        this.#settle(step, 'failed', event.by);
        this.#say(event.by, step, 'not-done', event.text);
        this.#fail(step, event.text, event.by);
        return undefined;
      case 'skip':
        if (isOver(step) || step.state === 'open') return notNow;
        this.#say(event.by, step, 'skipped', event.text);
        this.#state(step, 'skipped', event.by, event.text);
        this.#goOn(step, this.#nextOf(step.step, 'success'));
        return undefined;
      case 'retry':
        if (!isStuck) return notNow;
        if (step.attempt >= MAX_ATTEMPTS)
          return { code: 'too-often', message: `${MAX_ATTEMPTS} attempts are enough: do it by hand.` };
        this.#say(event.by, step, 'retried');
        step.attempt++;
        delete step.approval;
        delete step.text;
        delete step.isOverdue;
        this.#begin(step, event.by);
        return undefined;
      case 'assign':
        if (isOver(step)) return notNow;
        step.assignee = event.assignee;
        this.#say(event.by, step, 'assigned', event.assignee);
        return undefined;
      case 'approve': {
        const { approval } = step;
        if (step.state !== 'approval' || approval === undefined) return notNow;
        // Four eyes: neither who asked for it nor who began the run.
        if (event.alone === undefined && [approval.requestedBy, this.run.startedBy].includes(event.by))
          return {
            code: 'same-person',
            message: 'Somebody else than the one who asked for it must agree to this.',
          };
        approval.approvedBy = event.by;
        approval.approvedAt = this.#now;
        if (event.alone === undefined) this.#say(event.by, step, 'approved', approval.says.join(' · '));
        else {
          approval.alone = event.alone;
          this.#say(event.by, step, 'approved-alone', `${event.alone.reason} · ${approval.says.join(' · ')}`);
        }
        this.#work(step);
        return undefined;
      }
      case 'review': {
        const { approval } = step;
        if (approval?.alone === undefined || approval.alone.review !== undefined)
          return { code: 'not-now', message: 'There is nothing to review here, or somebody has done it.' };
        if ([approval.approvedBy, approval.requestedBy, this.run.startedBy].includes(event.by))
          return { code: 'same-person', message: 'Somebody else reviews what one has agreed to alone.' };
        const { by, wasRight, text } = event;
        approval.alone.review = { by, at: this.#now, wasRight, text };
        this.#say(by, step, wasRight ? 'reviewed' : 'review-objected', text);
        return undefined;
      }
      case 'refuse':
        if (step.state !== 'approval') return notNow;
        this.#say(event.by, step, 'refused', event.text);
        this.#fail(step, event.text, event.by);
        return undefined;
    }
  }

  /** What a person was asked goes into the run's values; all of it, or nothing is done. */
  #answers(step: StepRun, values: Readonly<Record<string, string>>): Refusal | undefined {
    const asked = this.#step(step.step);
    const names = asked?.type === 'action' ? (asked.out_args ?? []) : [];
    if (step.state !== 'todo') return undefined;
    const missing = names.find((name) => (values[name] ?? '').trim() === '');
    if (missing !== undefined) {
      const about = this.#playbook.playbook_variables?.[missing]?.description ?? missing;
      return { code: 'answer-first', message: `Answer first: ${about}` };
    }
    for (const name of names) this.run.values[name] = (values[name] ?? '').trim().slice(0, MAX_VALUE);
    return undefined;
  }

  /** What a step's one question of yes or no was answered with, for whoever reads it later. */
  #answerOf({ state, step }: StepRun): string | undefined {
    const asked = this.#step(step);
    const [name, ...more] = asked?.type === 'action' ? (asked.out_args ?? []) : [];
    if (state !== 'todo' || name === undefined || more.length > 0) return undefined;
    const value = this.run.values[name] ?? '';
    if (this.#playbook.playbook_variables?.[name]?.type !== 'bool') return value;
    return value === 'true' ? 'yes' : 'no';
  }

  /** A person has said what became of what nobody knew. */
  #settle(step: StepRun, state: 'ok' | 'failed', by: string): void {
    for (const effect of step.effects)
      if (effect.state === 'unknown' || effect.state === 'sent') {
        effect.state = state;
        effect.detail = `said by ${by}`;
      }
  }

  #outcome(id: string, state: Effect['state'], detail: string): Refusal | undefined {
    const step = this.run.steps.find(({ effects }) => effects.some((effect) => effect.id === id));
    const effect = step?.effects.find((one) => one.id === id);
    if (step === undefined || effect === undefined)
      return { code: 'no-such-step', message: 'This run has asked for no such thing.' };
    // The first word counts; only a later certainty takes the place of a doubt.
    if (effect.state === 'ok' || effect.state === 'failed') return undefined;
    const isCurrent =
      effect === step.effects.at(-1) && (step.state === 'running' || step.state === 'unknown');
    effect.state = state;
    effect.detail = detail.slice(0, MAX_VALUE);
    this.#say(MACHINE, step, `outcome-${state}`, detail);
    if (!isCurrent || this.run.status !== 'running') return undefined;
    if (state === 'unknown') {
      this.#state(step, 'unknown', undefined, detail);
    } else if (state === 'failed') this.#fail(step, detail, MACHINE);
    else if (this.#hasMore(step)) {
      step.command++;
      this.#work(step);
    } else this.#complete(step, 'success', MACHINE, detail);
    return undefined;
  }

  #recover(step: StepRun): void {
    if (step.state !== 'running') return;
    const effect = step.effects.at(-1);
    if (effect === undefined || effect.state !== 'sent') return;
    if (effect.isRepeatable) {
      // Under the same id: whoever has done it knows so.
      this.effects.push(effect);
      return;
    }
    effect.state = 'unknown';
    this.#say(MACHINE, step, 'outcome-unknown', 'the house was interrupted while this was under way');
    this.#state(step, 'unknown', undefined, 'Interrupted while it was under way: was it done?');
  }

  #passTime(step: StepRun): void {
    if (step.state === 'waiting' && step.startsAt !== undefined && step.startsAt <= this.#now) {
      delete step.startsAt;
      this.#begin(step, this.run.startedBy);
      return;
    }
    if (step.dueAt === undefined || step.dueAt > this.#now || step.isOverdue === true) return;
    if (step.state === 'todo') {
      step.isOverdue = true;
      this.#say(MACHINE, step, 'overdue');
      // A person is not cut off in the middle, unless the playbook says how it goes on without.
      if (this.#step(step.step)?.on_failure !== undefined) this.#fail(step, 'not done in time', MACHINE);
    } else if (step.state === 'running') {
      step.isOverdue = true;
      const effect = step.effects.at(-1);
      if (effect?.state === 'sent') effect.state = 'unknown';
      this.#say(MACHINE, step, 'timed-out');
      if (this.#step(step.step)?.on_failure !== undefined) this.#fail(step, 'no answer in time', MACHINE);
      else this.#state(step, 'unknown', undefined, 'No answer in time: was it done?');
    }
  }

  #cancel(by: string, text: string): undefined {
    for (const step of this.run.steps) if (!isOver(step)) this.#state(step, 'cancelled', by);
    this.run.threads = [];
    this.#say(by, undefined, 'cancelled', text);
    this.#end('cancelled', by, text);
  }

  #end(status: Run['status'], by: string, text?: string): void {
    this.run.status = status;
    this.run.endedAt = this.#now;
    this.run.endedBy = by;
    if (text !== undefined) this.run.text = text;
  }

  #step(id: string): WorkflowStep | undefined {
    return this.#playbook.workflow[id];
  }

  /** A new line of steps, from its first. */
  #thread(first: string, parent: string | undefined): void {
    const id = this.run.nextThread++;
    this.run.threads.push({ id, at: first, ...(parent === undefined ? {} : { parent }) });
    this.#enter(id, first);
  }

  #enter(thread: number, id: string): void {
    const step = this.#step(id);
    const visit = this.run.steps.filter((one) => one.step === id).length + 1;
    const entry: StepRun = {
      key: `${id}.${visit}`,
      step: id,
      thread,
      state: 'running',
      beganAt: this.#now,
      since: this.#now,
      attempt: 1,
      command: 0,
      effects: [],
      branches: 0,
      rounds: 0,
    };
    const at = this.run.threads.find((one) => one.id === thread);
    if (at !== undefined) at.at = entry.key;
    this.run.steps.push(entry);
    if (step === undefined || this.run.steps.length > MAX_BEGUN) {
      const text =
        step === undefined ? 'there is no such step' : `more than ${MAX_BEGUN} steps: it goes in circles`;
      this.#say(MACHINE, entry, 'failed', text);
      this.#state(entry, 'failed', MACHINE, text);
      return;
    }
    for (const [name, { value }] of Object.entries(step.step_variables ?? {}))
      if (typeof value === 'string') this.run.values[name] = value.slice(0, MAX_VALUE);
    if (step.delay !== undefined) {
      entry.startsAt = this.#now + step.delay;
      this.#state(entry, 'waiting');
      return;
    }
    this.#begin(entry, this.run.startedBy);
  }

  /** Its delay is over, or it is tried again. */
  #begin(entry: StepRun, by: string): void {
    const step = this.#step(entry.step);
    if (step === undefined) return;
    switch (step.type) {
      case 'start':
        this.#complete(entry, 'success', MACHINE);
        return;
      case 'end':
        this.#state(entry, 'done', MACHINE);
        this.#threadEnds(entry.thread);
        return;
      case 'action': {
        entry.command = 0;
        this.#mayWork(entry, step, by);
        return;
      }
      case 'playbook-action':
        // Another playbook is begun by a person, who sees what it will do.
        this.#ask(entry, step);
        return;
      case 'parallel':
        entry.branches = step.next_steps.length;
        this.#state(entry, 'open');
        for (const next of step.next_steps) {
          // What goes in circles here would double with each round.
          const tooMany = this.#tooMany();
          if (tooMany === undefined) this.#thread(next, entry.key);
          else {
            entry.branches--;
            this.#say(MACHINE, entry, 'failed', `a branch was not begun: ${tooMany}`);
          }
        }
        if (entry.state === 'open' && entry.branches === 0) this.#complete(entry, 'success', MACHINE);
        return;
      case 'if-condition':
      case 'while-condition': {
        const isTrue = this.#judged(entry, step.condition);
        if (isTrue === undefined) return;
        const branch = isTrue ? step.on_true : step.type === 'if-condition' ? step.on_false : undefined;
        this.#branch(entry, branch);
        return;
      }
      case 'switch-condition': {
        const value = this.run.values[step.switch.replace(/:value$/, '')] ?? '';
        this.#branch(entry, step.cases[value] ?? step.cases.default);
        return;
      }
    }
  }

  #branch(entry: StepRun, branch: string | undefined): void {
    if (branch === undefined) {
      this.#complete(entry, 'success', MACHINE);
      return;
    }
    if (++entry.rounds > MAX_ROUNDS) {
      this.#fail(entry, `${MAX_ROUNDS} rounds, and its condition still holds`, MACHINE);
      return;
    }
    const tooMany = this.#tooMany();
    if (tooMany !== undefined) {
      this.#fail(entry, `its branch was not begun: ${tooMany}`, MACHINE);
      return;
    }
    entry.branches = 1;
    this.#state(entry, 'open');
    this.#thread(branch, entry.key);
  }

  /** Why no further line may begin. */
  #tooMany(): string | undefined {
    if (this.run.steps.length > MAX_BEGUN) return `more than ${MAX_BEGUN} steps`;
    return this.run.threads.length < MAX_THREADS ? undefined : `more than ${MAX_THREADS} lines side by side`;
  }

  #judged(entry: StepRun, condition: string): boolean | undefined {
    try {
      const isTrue = evaluate(parseExpression(condition), this.run.values);
      this.#say(MACHINE, entry, isTrue ? 'is-true' : 'is-false');
      return isTrue;
    } catch (error) {
      this.#fail(entry, `its condition ${error instanceof Error ? error.message : ''}`, MACHINE);
      return undefined;
    }
  }

  /** Machines may begin at once, unless one of the step's commands endangers people or trade. */
  #mayWork(entry: StepRun, step: ActionStep, by: string): void {
    const all = step.commands.map((command) => this.#prepare(command, step, this.run.values));
    const dangerous = all.filter((one) => one.is === 'deed' && one.danger !== undefined);
    const [first] = dangerous;
    if (first?.is === 'deed' && first.danger !== undefined) {
      const says = dangerous.flatMap((one) => (one.is === 'deed' ? one.says : []));
      entry.approval = { danger: first.danger, says, requestedBy: by, requestedAt: this.#now };
      this.#say(by, entry, 'approval-asked', says.join(' · '));
      this.#state(entry, 'approval');
      return;
    }
    this.#work(entry);
  }

  /** The step's next command. */
  #work(entry: StepRun): void {
    const step = this.#step(entry.step);
    if (step?.type !== 'action') return;
    const command = step.commands[entry.command];
    if (command === undefined) {
      this.#complete(entry, 'success', MACHINE);
      return;
    }
    const prepared = this.#prepare(command, step, this.run.values);
    if (prepared.is === 'manual') {
      this.#ask(entry, step);
      return;
    }
    if (prepared.is === 'problem') {
      this.#fail(entry, prepared.message, MACHINE);
      return;
    }
    // A command that has become dangerous since it was asked for (another door, by an answer) is not covered.
    if (prepared.danger !== undefined && !entry.approval?.says.includes(prepared.says)) {
      this.#mayWork(entry, step, this.run.startedBy);
      return;
    }
    if (prepared.danger !== undefined && entry.approval?.approvedBy === undefined) {
      this.#fail(entry, 'nobody has agreed to it', MACHINE);
      return;
    }
    const { deed, says, isRepeatable } = prepared;
    const effect: Effect = {
      id: `${this.run.id}/${entry.key}/${entry.attempt}/${entry.command}`,
      deed,
      says,
      isRepeatable,
      issuedAt: this.#now,
      state: 'sent',
    };
    entry.effects.push(effect);
    entry.dueAt = this.#now + (step.timeout ?? MACHINE_TIMEOUT_MS);
    this.#say(MACHINE, entry, 'sent', says);
    this.#state(entry, 'running');
    this.effects.push(effect);
  }

  #ask(entry: StepRun, step: WorkflowStep): void {
    if (step.timeout === undefined) delete entry.dueAt;
    else entry.dueAt = this.#now + step.timeout;
    this.#state(entry, 'todo');
  }

  #hasMore(entry: StepRun): boolean {
    const step = this.#step(entry.step);
    return step?.type === 'action' && entry.command + 1 < step.commands.length;
  }

  #nextOf(id: string, outcome: 'success' | 'failure'): string | undefined {
    const step = this.#step(id);
    return (outcome === 'success' ? step?.on_success : step?.on_failure) ?? step?.on_completion;
  }

  #complete(entry: StepRun, outcome: 'success', by: string, text?: string): void {
    this.#state(entry, 'done', by, text);
    this.#goOn(entry, this.#nextOf(entry.step, outcome));
  }

  /** Where the playbook says how it goes on after a failure, it does; else a person must say. */
  #fail(entry: StepRun, text: string, by: string): void {
    const isException = this.#isInException(entry);
    const next =
      this.#nextOf(entry.step, 'failure') ?? (isException ? undefined : this.#playbook.workflow_exception);
    this.#state(entry, 'failed', by, text);
    this.#say(by, entry, 'failed', text);
    if (next === undefined) return;
    entry.wentOn = true;
    this.#goOn(entry, next);
  }

  /** The way out of an exception does not lead into it again. */
  #isInException({ thread }: StepRun): boolean {
    const exception = this.#playbook.workflow_exception;
    return this.run.steps.some((one) => one.thread === thread && one.step === exception);
  }

  #goOn({ thread }: StepRun, next: string | undefined): void {
    if (next === undefined) this.#threadEnds(thread);
    else this.#enter(thread, next);
  }

  #threadEnds(id: number): void {
    const ended = this.run.threads.find((thread) => thread.id === id);
    this.run.threads = this.run.threads.filter((thread) => thread !== ended);
    const parent = this.run.steps.find(({ key }) => key === ended?.parent);
    if (parent === undefined) {
      if (this.run.threads.length === 0 && this.run.status === 'running') {
        this.#say(MACHINE, undefined, 'ended');
        this.#end('done', MACHINE);
      }
      return;
    }
    parent.branches--;
    if (parent.branches > 0 || parent.state !== 'open') return;
    if (this.#step(parent.step)?.type === 'while-condition') this.#begin(parent, this.run.startedBy);
    else this.#complete(parent, 'success', MACHINE);
  }

  #state(entry: StepRun, state: StepRun['state'], by?: string, text?: string): void {
    entry.state = state;
    entry.since = this.#now;
    if (by !== undefined) entry.by = by;
    if (text !== undefined) entry.text = text.slice(0, MAX_VALUE);
  }

  #say(by: string, entry: StepRun | undefined, what: string, text?: string): void {
    const step = entry === undefined ? undefined : this.#step(entry.step);
    this.run.log.push({
      at: this.#now,
      by,
      ...(entry === undefined ? {} : { step: step === undefined ? entry.step : stepName(entry.step, step) }),
      what,
      ...(text === undefined ? {} : { text: text.slice(0, MAX_VALUE) }),
    });
    if (this.run.log.length > MAX_LOG) this.run.log.splice(0, this.run.log.length - MAX_LOG);
  }
}
