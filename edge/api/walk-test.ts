/** The walk test: somebody goes through the site and trips each sensor; what was heard is ticked off. */
import type { AssetKind } from '../../devices/model/asset.ts';
import type { Clock } from '../../devices/model/clock.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { SiteDevice, WalkTest } from './contract.ts';

/** Nobody walks longer; a test that was forgotten ends by itself. */
export const MAX_WALK_MS = 3_600_000;
/** Sensors in one test. */
const MAX_POINTS = 500;

/** What proves that a sensor on such an asset works. */
const proofs: Partial<
  Record<AssetKind, { ask: WalkTest['points'][number]['ask']; kinds: readonly ObservationKind[] }>
> = {
  door: { ask: 'open', kinds: ['door.opened'] },
  cabinet: { ask: 'open', kinds: ['door.opened'] },
  'motion-sensor': { ask: 'walk', kinds: ['motion.started'] },
  reader: { ask: 'badge', kinds: ['badge.presented', 'access.granted', 'access.denied', 'access.pending'] },
  fridge: { ask: 'read', kinds: ['temperature.measured', 'door.opened'] },
  sensor: { ask: 'read', kinds: ['temperature.measured', 'humidity.measured', 'power.measured'] },
};

interface Running {
  startedAt: number;
  by: string;
  points: WalkTest['points'];
  endedAt?: number;
}

export class WalkTests {
  #running: Running | undefined;

  /** Begins with every sensor that a device is assigned to. */
  begin(devices: readonly SiteDevice[], registry: Registry, by: string, now: number): WalkTest {
    const assigned = new Set(devices.flatMap(({ assets }) => assets.map(({ asset }) => asset)));
    const points = [...assigned].slice(0, MAX_POINTS).flatMap((id): WalkTest['points'] => {
      const about = registry.asset(id);
      const proof = about === undefined ? undefined : proofs[about.kind];
      if (about === undefined || proof === undefined) return [];
      const zone = about.zone === undefined ? undefined : registry.zone(about.zone)?.name;
      return [
        {
          asset: id,
          name: about.name,
          ask: proof.ask,
          kind: about.kind,
          ...(zone === undefined ? {} : { zone }),
        },
      ];
    });
    this.#running = { startedAt: now, by, points };
    return this.of(now) ?? { startedAt: now, by, points };
  }

  /** What was seen: ticked off where it is a proof, once. True: something was ticked off. */
  take({ kind, asset, observedAt }: Pick<Observation, 'kind' | 'asset' | 'observedAt'>): boolean {
    const running = this.#running;
    if (running === undefined || running.endedAt !== undefined || observedAt < running.startedAt)
      return false;
    const point = running.points.find((each) => each.asset === asset && each.heardAt === undefined);
    if (point === undefined || !proofs[point.kind]?.kinds.includes(kind)) return false;
    point.heardAt = observedAt;
    return true;
  }

  /** @returns the test that has ended; undefined: none was under way */
  end(now: number): WalkTest | undefined {
    if (this.#running === undefined || this.#running.endedAt !== undefined) return undefined;
    this.#running.endedAt = now;
    return this.of(now);
  }

  /** The test under way, or the last one. */
  of(now: Clock | number): WalkTest | undefined {
    const running = this.#running;
    if (running === undefined) return undefined;
    const at = typeof now === 'number' ? now : now.now();
    if (running.endedAt === undefined && at - running.startedAt > MAX_WALK_MS)
      running.endedAt = running.startedAt + MAX_WALK_MS;
    return { ...running, points: running.points.map((point) => ({ ...point })) };
  }
}
