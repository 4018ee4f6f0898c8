/** What must never be done, whoever asks for it: looked at before each command goes out. */
import type { Command } from '../../devices/model/command.ts';
import type { Registry } from '../../devices/model/registry.ts';

export interface InterlockContext {
  registry: Registry;
  /** What a device last said of itself. */
  current(asset: string, property: string): string | number | undefined;
}

/** What speaks against a command, and of what it speaks: the door on the escape route, or what is not connected. */
export interface Hindrance {
  because: 'escape-route' | 'not-connected';
  name: string;
}

/** What speaks against a command; undefined where nothing does. */
export function hindrance(
  { action, asset }: Pick<Command, 'action' | 'asset'>,
  { registry, current }: InterlockContext,
): Hindrance | undefined {
  if (action === 'lock.lock') {
    const lock = registry.asset(asset);
    const doors = [asset, ...(lock?.hostedOn === undefined ? [] : [lock.hostedOn]), ...(lock?.guards ?? [])];
    const escapeRoute = doors.map((id) => registry.asset(id)).find((door) => door?.escapeRoute === true);
    // A lock that opens from inside without a key holds nobody in (EN 179, EN 1125).
    if (escapeRoute !== undefined && lock?.freeEgress !== true)
      return { because: 'escape-route', name: escapeRoute.name };
  }
  // The order would wait on the way and open the door when nobody thinks of it any more.
  if (action === 'lock.unlock' && current(asset, 'online') === 'offline')
    return { because: 'not-connected', name: registry.asset(asset)?.name ?? asset };
  return undefined;
}

const says: Record<Hindrance['because'], (name: string) => string> = {
  'escape-route': (name) =>
    `${name} is an escape route: its lock is never locked from here, unless the registry says that it always opens from inside`,
  'not-connected': (name) => `${name} is not connected: what is unlocked must be seen to be`,
};

/** Why a command is not carried out, in words for people; undefined where nothing speaks against it. */
export function interlock(
  command: Pick<Command, 'action' | 'asset'>,
  context: InterlockContext,
): string | undefined {
  const found = hindrance(command, context);
  return found === undefined ? undefined : says[found.because](found.name);
}
