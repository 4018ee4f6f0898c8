/** Commands that a person at the page gives. What is dangerous is done only after a second word. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../devices/model/clock.ts';
import type { Command, CommandAction } from '../../devices/model/command.ts';
import type { Gateway } from '../gateway.ts';
import type { Actor } from '../panel/outcome.ts';
import type { CommandAnswer, CommandQuestion } from './contract.ts';
import { Refused } from './problem.ts';
import type { CommandRequest } from './requests.ts';
import type { Session } from './sessions.ts';

/** The second word has to come within this, in real time. */
export const CONFIRM_WITHIN_MS = 30_000;
/** Questions that wait for an answer, of all people together; the oldest goes first. */
const MAX_QUESTIONS = 64;
/** A person stands there and waits. */
const LIFETIME_MS = 15_000;

/** What it will do, said before it is done. */
const questions: Partial<Record<CommandAction, (name: string) => string>> = {
  'lock.unlock': (name) => `${name} will be unlocked. Whoever stands there can come in.`,
  'lock.lock': (name) => `${name} will be locked. Make sure that nobody is held in.`,
  'siren.on': (name) => `${name} will sound, for at most three minutes.`,
};

interface Question {
  /** The session that was asked: nobody else can answer. */
  token: string;
  request: CommandRequest;
  untilMs: number;
}

export interface CommandsOptions {
  gateway: Gateway;
  clock: Clock;
}

export class Commands {
  readonly #options: CommandsOptions;
  readonly #questions = new Map<string, Question>();
  #count = 0;

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /**
   * Carries a command out, or asks first.
   * @throws Refused 404 for what is not of this site, 409 with the reason for what must not be done
   */
  async ask(
    request: CommandRequest,
    session: Pick<Session, 'token'>,
    by: Actor,
  ): Promise<CommandAnswer | CommandQuestion> {
    const name = this.#nameOf(request);
    const question = questions[request.action];
    if (question === undefined) return this.#carryOut(request, by);
    const blocked = this.#options.gateway.interlock(request);
    if (blocked !== undefined) throw new Refused(409, 'interlocked', blocked);
    const confirm = randomBytes(16).toString('base64url');
    const [oldest] = this.#questions.keys();
    if (this.#questions.size >= MAX_QUESTIONS && oldest !== undefined) this.#questions.delete(oldest);
    this.#questions.set(confirm, {
      token: session.token,
      request,
      untilMs: performance.now() + CONFIRM_WITHIN_MS,
    });
    return { confirm, says: question(name), withinMs: CONFIRM_WITHIN_MS };
  }

  /** @throws Refused 410 when the question is not there any more, or was another session's */
  async confirm(word: string, session: Pick<Session, 'token'>, by: Actor): Promise<CommandAnswer> {
    const question = this.#questions.get(word);
    if (question === undefined || question.token !== session.token || question.untilMs < performance.now())
      throw new Refused(410, 'not-asked', 'This was not asked, or too long ago. Begin anew.');
    // One word does one thing.
    this.#questions.delete(word);
    return this.#carryOut(question.request, by);
  }

  async #carryOut({ action, asset }: CommandRequest, by: Actor): Promise<CommandAnswer> {
    const { gateway, clock } = this.#options;
    const issuedAt = clock.now();
    const id = `${gateway.configuration.gateway.id}/page/${issuedAt}-${++this.#count}/${action}/${asset}`;
    const command: Command = {
      id: id.slice(-256),
      action,
      asset,
      issuedAt,
      lifetimeMs: LIFETIME_MS,
      issuedBy: by.name,
      reason: 'asked for at the site page',
    };
    await gateway.note('command.requested', { command: command.id, action, asset }, by);
    await gateway.command(command);
    return { command: command.id };
  }

  #nameOf({ asset }: CommandRequest): string {
    const { registry, gateway } = this.#options.gateway.configuration;
    const known = registry.asset(asset);
    if (known?.site !== gateway.site)
      throw new Refused(404, 'no-such-asset', `There is no "${asset}" at this site.`);
    return known.name;
  }
}
