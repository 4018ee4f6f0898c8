import type { Registry } from '../../../devices/model/registry.ts';
import { filledIn } from '../expression.ts';
import type { Danger } from '../runner/run.ts';
import { type Action, problem, unknownValues } from './action.ts';

/** A lock or a siren is wanted now or not at all. */
export const COMMAND_LIFETIME_MS = 60_000;
export const MAX_LIFETIME_MS = 3_600_000;

interface Known {
  kinds: readonly string[];
  says(name: string, preset: string): string;
  danger?: Danger;
}

/** What a gateway can be told, to what kind of asset, and what of it nobody does alone. */
const known: Readonly<Record<string, Known>> = {
  // People can be locked in, or a thief let out or in.
  'lock.lock': { kinds: ['lock', 'door'], says: (name) => `Lock: ${name}`, danger: 'people' },
  'lock.unlock': { kinds: ['lock', 'door'], says: (name) => `Unlock: ${name}`, danger: 'people' },
  // In a robbery noise can cost a life.
  'siren.on': { kinds: ['siren'], says: (name) => `Sound the siren: ${name}`, danger: 'people' },
  'siren.off': { kinds: ['siren'], says: (name) => `Silence the siren: ${name}` },
  'buzzer.on': { kinds: ['siren', 'reader'], says: (name) => `Buzz: ${name}` },
  'buzzer.off': { kinds: ['siren', 'reader'], says: (name) => `Stop the buzzer: ${name}` },
  'picture.take': { kinds: ['camera'], says: (name) => `Take a picture: ${name}` },
  'camera.go-to-preset': {
    kinds: ['camera'],
    says: (name, preset) => `Turn the camera to "${preset}": ${name}`,
  },
};
export const gatewayCommands = Object.keys(known);

/** The lock itself, or the one that is built into a door or guards it. */
export function lockOf(id: string, registry: Pick<Registry, 'asset' | 'assetsOf'>): string | undefined {
  const asset = registry.asset(id);
  if (asset === undefined || asset.kind !== 'door') return asset?.id;
  return registry
    .assetsOf(asset.site)
    .find(({ kind, hostedOn, guards }) => kind === 'lock' && (hostedOn === id || guards.includes(id)))?.id;
}

/** `lock.lock __lock__:value`, `camera.go-to-preset __camera__:value entrance`: done by the site's gateway. */
export const gateway: Action<'gateway'> = {
  kind: 'gateway',
  command: 'gatehouse-gateway',
  title: 'Tell a device at the site: lock, siren, picture, camera preset',
  example: 'lock.lock __lock__:value',
  prepare(command, { registry, playbook, step, values }) {
    const { text, missing } = filledIn(command.command ?? '', values);
    if (missing.length > 0) return problem(unknownValues(missing, playbook));
    const [action = '', id = '', ...rest] = text.trim().split(/\s+/);
    const what = known[action];
    if (what === undefined) return problem(`"${action}" is none of ${gatewayCommands.join(', ')}`);
    const asset = registry.asset(id);
    if (asset === undefined) return problem(`The registry knows no "${id}".`);
    if (!what.kinds.includes(asset.kind))
      return problem(`${asset.name} is a ${asset.kind}: not for ${action}`);
    const acting = action.startsWith('lock.') ? lockOf(id, registry) : id;
    if (acting === undefined) return problem(`${asset.name} has no lock that can be told anything.`);
    const preset = rest.join(' ');
    if (action === 'camera.go-to-preset' && (preset === '' || preset.length > 64))
      return problem('camera.go-to-preset asks for the name of a preset');
    const site = registry.site(asset.site)?.name ?? asset.site;
    return {
      is: 'deed',
      deed: {
        kind: 'gateway',
        action,
        asset: acting,
        lifetimeMs: Math.min(step.timeout ?? COMMAND_LIFETIME_MS, MAX_LIFETIME_MS),
        ...(preset === '' ? {} : { preset }),
        reason: `playbook: ${playbook.name}`.slice(0, 500),
      },
      says: `${what.says(registry.asset(acting)?.name ?? acting, preset)} (${site})`,
      // The gateway remembers the ids of commands: the same again is the same command.
      isRepeatable: true,
      ...(what.danger === undefined ? {} : { danger: what.danger }),
    };
  },
  perform({ id, issuedAt }, { action, asset, lifetimeMs, reason, preset }, { command, registry }, signal) {
    const order = { id, action, asset, issuedAt, lifetimeMs, reason };
    const site = registry.asset(asset)?.site;
    if (site === undefined) return Promise.resolve({ state: 'failed', detail: `there is no "${asset}"` });
    return command(site, preset === undefined ? order : { ...order, preset }, signal);
  },
};
