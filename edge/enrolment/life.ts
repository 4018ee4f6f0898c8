/** A gateway as a member of its cloud, while it runs: contact, bundles, probation. */
import { existsSync, mkdirSync } from 'node:fs';
import type { GatewayConfiguration } from '../config.ts';
import { Sealer } from '../sealing/sealing.ts';
import { keeperFor } from '../sealing/settings.ts';
import type { Updates } from '../updates/updates.ts';
import { Contact } from './contact.ts';
import { isMember, Membership, membershipFolder } from './membership.ts';
import { secretsOf } from './secrets.ts';

/** How often a probation is looked at, in real time. */
const LOOK_EVERY_MS = 1_000;

/** @throws Error where the key can't be had */
export async function sealerOf(
  configuration: GatewayConfiguration,
): Promise<{ sealer: Sealer; warning?: string }> {
  const state = configuration.resolve(configuration.gateway.state);
  const folder = membershipFolder(state);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { keeper, ...rest } = keeperFor(configuration.sealing, folder, configuration.resolve);
  return { sealer: await Sealer.open(keeper), ...rest };
}

/**
 * The membership that lies in the state directory, if there is one.
 * @throws Error where it is there and can't be opened, or is of another gateway
 */
export async function memberOf(
  configuration: GatewayConfiguration,
): Promise<{ membership?: Membership; warning?: string }> {
  const state = configuration.resolve(configuration.gateway.state);
  if (!isMember(state)) return {};
  const { sealer, ...rest } = await sealerOf(configuration);
  const membership = Membership.open(state, sealer);
  const { id, site } = configuration.gateway;
  if (membership.gateway !== id || membership.site !== site)
    throw new Error(
      `this gateway joined as "${membership.gateway}" at "${membership.site}", and its configuration says "${id}" at "${site}"`,
    );
  return { membership, ...rest };
}

export interface LifeParts {
  membership: Membership;
  updates: Updates;
  version: string;
  inForce(): GatewayConfiguration;
  isHealthy(): boolean;
  /** Takes what lies in the files now. @returns why not, or undefined */
  reload(): string | undefined;
  onTrouble(message: string): void;
  everyMs?: number;
}

export function liveAsMember(parts: LifeParts, signal: AbortSignal): Contact {
  const { membership, updates, version, inForce, isHealthy, reload, onTrouble, everyMs } = parts;
  let since = performance.now();
  let hasContact = false;
  let refused: string | undefined;
  const look = () => {
    if (!updates.isOnProbation) return;
    const health = { isWell: isHealthy(), refused, hasContact, elapsedMs: performance.now() - since };
    if (!updates.judge(health)) return;
    onTrouble(`the last good configuration is in force again: ${updates.status.detail}`);
    reload();
  };
  const contact = new Contact(
    {
      membership,
      version,
      secrets: () => secretsOf(inForce()),
      bundle: () => updates.status,
      onBundle(bundle) {
        const expected = { gateway: membership.gateway, signers: membership.signers, version };
        if (!updates.take(bundle, expected, inForce())) {
          onTrouble(`a bundle was refused: ${updates.status.detail}`);
          return false;
        }
        [since, hasContact] = [performance.now(), false];
        refused = reload();
        look();
        return true;
      },
      onContact() {
        hasContact = true;
        look();
      },
      onTrouble,
      ...(everyMs === undefined ? {} : { everyMs }),
    },
    signal,
  );
  const looking = setInterval(look, LOOK_EVERY_MS);
  looking.unref();
  signal.addEventListener('abort', () => clearInterval(looking), { once: true });
  return contact;
}
