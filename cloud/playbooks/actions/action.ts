/** What a machine can be asked to do, seen from a playbook's command: one file each, listed in catalog.ts. */
import type { Clock } from '../../../devices/model/clock.ts';
import type { Registry } from '../../../devices/model/registry.ts';
import type { Mailer } from '../../mail/mail.ts';
import type { CacaoCommand, Playbook } from '../cacao.ts';
import type { Values } from '../expression.ts';
import type { ActionStep, Prepared } from '../runner/machine.ts';
import type { Deed, Effect } from '../runner/run.ts';
import type { ResponseSettings } from '../settings.ts';

/** What a command is read against. */
export interface Installation {
  registry: Pick<Registry, 'asset' | 'site' | 'assetsOf'>;
  settings: ResponseSettings;
  /** Whether there is a mail server. */
  hasMail: boolean;
}

export interface Outcome {
  /** `unknown`: it may have been done; nobody can tell from here. */
  state: 'ok' | 'failed' | 'unknown';
  detail: string;
}

/** The world, for those that act on it. */
export interface World extends Installation {
  clock: Clock;
  /** Where a mail server is configured. */
  mailer: Mailer | undefined;
  /** A path of the configuration. */
  resolve(path: string): string;
  /** Sends a command down to the gateway of a site; resolves with what the gateway says came of it. */
  command(site: string, command: GatewayOrder, signal: AbortSignal): Promise<Outcome>;
}
export interface GatewayOrder {
  id: string;
  action: string;
  /** Undefined: the gateway itself. */
  asset: string | undefined;
  issuedAt: number;
  lifetimeMs: number;
  reason: string;
  preset?: string;
}

export type DeedOf<Kind extends Deed['kind']> = Extract<Deed, { kind: Kind }>;

export interface Action<Kind extends Deed['kind']> {
  kind: Kind;
  /** The command's type in a playbook: of CACAO's open vocabulary, or our own. */
  command: string;
  /** What it is for, for whoever edits a playbook, and an example. */
  title: string;
  example: string;
  /** Pure: what a command means here, or what is wrong with it. */
  prepare(
    command: CacaoCommand,
    context: Installation & { playbook: Playbook; step: ActionStep; values: Values },
  ): Prepared;
  /** @throws never because of what the world does: that is an outcome */
  perform(effect: Effect, deed: DeedOf<Kind>, world: World, signal: AbortSignal): Promise<Outcome>;
}

export const problem = (message: string): Prepared => ({ is: 'problem', message });

/** What people are told of a variable that nothing is known for. */
export function unknownValues(missing: readonly string[], playbook: Playbook): string {
  const names = [...new Set(missing)].map((name) => playbook.playbook_variables?.[name]?.description ?? name);
  return `Not known for this incident: ${names.join(', ')}`;
}

/** Names of the targets of a step. */
export const targetsOf = (step: ActionStep, playbook: Playbook): string[] =>
  (step.targets ?? []).flatMap((id) => playbook.target_definitions?.[id]?.name ?? []);
