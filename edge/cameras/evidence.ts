import type { Clock } from '../../devices/model/clock.ts';
import { type Detection, severityRank } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { camerasNear } from '../panel/alarm.ts';
import type { EvidenceConfiguration } from './configuration.ts';
import type { EvidenceSet, EvidenceStore } from './evidence-store.ts';
import type { RecentPicture } from './recent-pictures.ts';

/** Sets that grow at the same time; beyond that a storm of detections shares the pictures of those. */
export const MAX_SETS_UNDER_WAY = 32;
/** How often old pictures are looked for, by the site's clock. */
const PRUNE_EVERY_MS = 10 * 60_000;

export interface EvidenceParts {
  configuration: EvidenceConfiguration;
  store: EvidenceStore;
  clock: Clock;
  registry: Registry;
  /** The last pictures of a camera, from a moment on; undefined: it brings none. */
  recent(camera: string, sinceMs: number): readonly RecentPicture[] | undefined;
  /** A set is complete. */
  onKept(set: EvidenceSet): void;
  onTrouble(message: string): void;
  signal: AbortSignal;
}

/** The cameras that may have seen it: what it is about, what watches that, and what hangs in the same zone. */
export function camerasThatSaw({ assets }: Pick<Detection, 'assets'>, registry: Registry): string[] {
  const own = assets.filter((id) => registry.asset(id)?.kind === 'camera');
  return [...new Set([...own, ...assets.flatMap((id) => camerasNear(id, registry))])];
}

/** Keeps what the cameras saw before and after each detection. */
export class Evidence {
  readonly #parts: EvidenceParts;
  readonly #underWay = new Set<string>();
  /** Detections without pictures, because too many came at once. */
  leftOut = 0;

  constructor(parts: EvidenceParts) {
    this.#parts = parts;
    const prune = () => {
      if (parts.signal.aborted) return;
      void parts.store.prune();
      parts.clock.schedule(PRUNE_EVERY_MS, prune);
    };
    prune();
  }

  detected(detection: Detection): void {
    if (severityRank(detection.severity) <= severityRank('info')) return;
    for (const camera of camerasThatSaw(detection, this.#parts.registry)) this.#begin(detection, camera);
  }

  #begin({ id, rule, severity, summary, facts, assets, at }: Detection, camera: string): void {
    const { recent, store, configuration, signal, onKept, onTrouble } = this.#parts;
    const key = JSON.stringify([id, camera]);
    const nowMs = performance.now();
    const before = recent(camera, nowMs - configuration.beforeMs);
    if (before === undefined || this.#underWay.has(key) || signal.aborted) return;
    if (this.#underWay.size >= MAX_SETS_UNDER_WAY) {
      this.leftOut++;
      if (this.leftOut === 1) onTrouble(`${MAX_SETS_UNDER_WAY} detections are being pictured at once`);
      return;
    }
    this.#underWay.add(key);
    const about = { detection: id, rule, severity, summary, facts, assets, at, camera };
    // At once: a gateway that is torn off the wall has them on its disk.
    const begun = store.add(about, before);
    const timer = setTimeout(() => {
      const after = recent(camera, nowMs)?.filter(({ atMs }) => atMs > nowMs) ?? [];
      const seen = new Set(before);
      begun
        .then(() =>
          store.add(
            about,
            after.filter((picture) => !seen.has(picture)),
          ),
        )
        .then((set) => {
          this.#underWay.delete(key);
          if (set !== undefined && set.pictures.length > 0 && !signal.aborted) onKept(set);
        })
        .catch((error: unknown) => onTrouble(String(error)));
    }, configuration.afterMs);
    timer.unref();
  }
}
