/** When the rules of one cell have nothing to say to an observation, so that the engine need not ask them. */
import type { Asset } from '../../devices/model/asset.ts';
import type { ObservationKind } from '../../devices/model/observation.ts';
import type { ActiveRule } from './cell.ts';
import type { ValueRange } from './rule.ts';

/** For each place, between which values its rule has nothing to say while it is at rest; none: min above max. */
export interface Rest {
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** For each place, the change from the value before that is nothing to it; none: -1. */
  readonly change: Float64Array;
  /** Between these, and with no greater change, none of them has. */
  readonly allMin: number;
  readonly allMax: number;
  readonly allChange: number;
  /** For each place, within which it expects to hear again; none: Infinity. */
  readonly expectsMs: Float64Array;
  /** Some place compares with the value before, or expects to hear again. */
  readonly needsHeard: boolean;
}

/** What one place says of its rest. */
export interface PlaceRest extends ValueRange {
  change: number;
  expectsMs: number;
}

const NEVER_AT_REST: ValueRange = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };

export function restOf(rule: ActiveRule | undefined, kind: ObservationKind, asset: Asset): PlaceRest {
  const expectsMs = rule?.kind.expectsWithinMs?.(rule.configuration) ?? Number.POSITIVE_INFINITY;
  // Who only waits to hear again is content with whatever is heard.
  const onlyExpects = expectsMs < Number.POSITIVE_INFINITY && rule?.kind.restsWithin === undefined;
  const change =
    rule?.kind.restsWithinChange?.(rule.configuration) ?? (onlyExpects ? Number.POSITIVE_INFINITY : -1);
  const { min, max } = rule?.kind.restsWithin?.(kind, rule.configuration, asset) ?? NEVER_AT_REST;
  return { min, max, change, expectsMs };
}

export function restOfAll(places: readonly PlaceRest[]): Rest {
  // A place that rests within a change does so whatever the value is.
  const byValue = places.filter(({ change }) => change < 0);
  const byChange = places.filter(({ change }) => change >= 0);
  return {
    min: Float64Array.from(places, ({ min }) => min),
    max: Float64Array.from(places, ({ max }) => max),
    change: Float64Array.from(places, ({ change }) => change),
    allMin: Math.max(Number.NEGATIVE_INFINITY, ...byValue.map(({ min }) => min)),
    allMax: Math.min(Number.POSITIVE_INFINITY, ...byValue.map(({ max }) => max)),
    allChange: Math.min(Number.POSITIVE_INFINITY, ...byChange.map(({ change }) => change)),
    expectsMs: Float64Array.from(places, ({ expectsMs }) => expectsMs),
    needsHeard: places.some(({ change, expectsMs }) => change >= 0 || expectsMs < Number.POSITIVE_INFINITY),
  };
}
