/**
 * Commands down to the gateways of sites, and what comes back of them. A gateway does each command once, whatever
 * number of times it arrives, and tells the outcome as a record, which is in the store before anybody hears of it: so
 * after a restart the same command is simply sent again, unless its outcome has come already.
 */
import type { Clock } from '../../devices/model/clock.ts';
import { type Command, command, commandOutcome } from '../../devices/model/command.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Store } from '../store/store.ts';
import type { GatewayOrder, Outcome } from './actions/action.ts';

/** Outcomes of one asset that are looked through after a restart. */
const MAX_LOOKED_AT = 200;
/** A gateway whose clock is a little off may have told an outcome of before the command. */
const CLOCKS_DIFFER_MS = 60 * 60_000;

export interface CommandLaneParts {
  store: Pick<Store, 'observations'>;
  clock: Clock;
  gateways: readonly { id: string; site: string }[];
  send(gateway: string, command: Command): { connected: boolean };
  isConnected(gateway: string): boolean;
}

export class CommandLane {
  readonly #parts: CommandLaneParts;
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();

  constructor(parts: CommandLaneParts) {
    this.#parts = parts;
  }

  /** Records that have just been stored. */
  observed(observations: readonly Observation[]): void {
    if (this.#waiting.size === 0) return;
    for (const one of observations) {
      const outcome = outcomeIn(one);
      if (outcome !== undefined) this.#waiting.get(outcome.id)?.(outcome);
    }
  }

  /** Resolves with what the gateway says; when the signal ends it, nobody knows. */
  send(site: string, order: GatewayOrder, signal: AbortSignal): Promise<Outcome> {
    const { gateways, isConnected, store, clock } = this.#parts;
    const there = gateways.filter((one) => one.site === site);
    const gateway = there.find(({ id }) => isConnected(id)) ?? there[0];
    if (gateway === undefined) return Promise.resolve({ state: 'failed', detail: `${site} has no gateway` });
    const asset = order.asset ?? gateway.id;
    const told = store
      .observations({
        kinds: ['command.executed', 'command.failed'],
        asset,
        from: order.issuedAt - CLOCKS_DIFFER_MS,
        limit: MAX_LOOKED_AT,
      })
      .map(outcomeIn)
      .find((outcome) => outcome?.id === order.id);
    if (told !== undefined) return Promise.resolve(told);
    const parsed = command.safeParse({ ...order, asset, issuedBy: 'playbook' });
    if (!parsed.success)
      return Promise.resolve({ state: 'failed', detail: parsed.error.issues[0]?.message ?? 'malformed' });
    if (order.issuedAt + order.lifetimeMs <= clock.now())
      // It may have been done before the cloud was interrupted; its gateway may yet tell.
      return this.#wait(order.id, signal, undefined);
    return this.#wait(order.id, signal, () => this.#parts.send(gateway.id, parsed.data));
  }

  #wait(id: string, signal: AbortSignal, begin: (() => unknown) | undefined): Promise<Outcome> {
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        this.#waiting.delete(id);
        signal.removeEventListener('abort', interrupted);
        resolve(outcome);
      };
      const interrupted = () => end({ state: 'unknown', detail: 'interrupted' });
      signal.addEventListener('abort', interrupted, { once: true });
      // Before it is sent: the answer may be faster than the line after this.
      this.#waiting.set(id, end);
      try {
        begin?.();
      } catch (error) {
        end({ state: 'failed', detail: error instanceof Error ? error.message : String(error) });
      }
    });
  }

  get waiting(): number {
    return this.#waiting.size;
  }
}

function outcomeIn({ kind, facts }: Observation): (Outcome & { id: string }) | undefined {
  if (kind !== 'command.executed' && kind !== 'command.failed') return undefined;
  const id = facts?.command;
  if (typeof id !== 'string') return undefined;
  const outcome = commandOutcome.safeParse(facts?.outcome).data;
  const detail = typeof facts?.detail === 'string' ? facts.detail : kind;
  // Taken by the device, and nothing heard of it since: it may well be done.
  const state = kind === 'command.executed' ? 'ok' : outcome === 'unconfirmed' ? 'unknown' : 'failed';
  return { id, state, detail: `${outcome ?? ''}${outcome === undefined ? '' : ': '}${detail}` };
}
