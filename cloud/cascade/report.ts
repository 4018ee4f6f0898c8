/** What a cascade is told as: plain data, the same on the command line and in the API. */

/** Quantiles of when, in ms after the failures; of the outcomes in which it comes about. */
export interface When {
  p10: number;
  p50: number;
  p90: number;
}

export interface PathStep {
  asset: string;
  name: string;
  effect: string;
  /** By what it depends on the step before; absent for the first. */
  type?: string;
  /** Mean time at which it comes about by this path. */
  atMs: number;
}

/** A way that a failure takes. */
export interface CascadePath {
  /** Of all outcomes, those in which it comes about by this path. */
  chance: number;
  /** Of those in which it comes about at all, the part that this path has. */
  share: number;
  steps: PathStep[];
  words: string;
}

export interface CascadeEffect {
  asset: string;
  name: string;
  effect: string;
  /** What happens, in words. */
  words: string;
  chance: number;
  /** Of the chance; 0 where all outcomes were gone through. */
  standardError: number;
  afterMs: When;
  /** What it costs by itself, beside services. */
  loss: number;
  paths: CascadePath[];
}

export interface CascadeService {
  id: string;
  name: string;
  chance: number;
  standardError: number;
  afterMs: When;
  /** Expected loss per hour when it is worst. */
  lossPerHour: number;
  /** Expected over the horizon. */
  loss: number;
  paths: CascadePath[];
}

export interface CascadeReport {
  method: 'exact' | 'sampled';
  /** Drawn; of an exact run, outcomes gone through. */
  samples: number;
  seed: number;
  uncertainDependencies: number;
  /** How far is looked ahead, and how long the failures last. */
  horizonMs: number;
  lastingMs: number;
  currency: string;
  failed: { asset: string; name: string; effect: string; words: string }[];
  /** What follows, the likeliest first; what failed by itself is not among it. */
  effects: CascadeEffect[];
  /** How many more follow that are not told. */
  more: number;
  services: CascadeService[];
  loss: { perHour: number; mean: number; standardError: number; p10: number; p50: number; p90: number };
}

/** Before and after, with the same luck. */
export interface CascadeDifference {
  changes: string[];
  before: CascadeReport;
  after: CascadeReport;
  effects: {
    asset: string;
    name: string;
    effect: string;
    words: string;
    chance: { before: number; after: number };
    /** Median; absent where it does not come about. */
    afterMs: { before?: number; after?: number };
  }[];
  services: { id: string; name: string; loss: { before: number; after: number } }[];
  /** After less before; the standard error is that of the difference itself. */
  loss: { mean: number; standardError: number; perHour: number };
}

/** A dependency that nobody has written down: what was recorded speaks for it. */
export interface Suggestion {
  /** `FROM>TO`. */
  id: string;
  from: string;
  to: string;
  /** How often `from` failed, and how often `to` followed within the hour. */
  failures: number;
  followed: number;
  /** How often `to` failed by all accounts, and how often `from` followed `to` the other way round. */
  followerFailures: number;
  reversed: number;
  /** Part of the failures that were followed, with its 95 % interval (Wilson). */
  probability: number;
  confidence: { from: number; to: number };
  /** So many times as often as chance would have it. */
  lift: number;
  delayMs: { p10: number; p50: number; p90: number };
  firstAt: number;
  lastAt: number;
  /** Assets that fail between the two: it may be they that depend. */
  perhapsThrough: string[];
  words: string;
  /** What would be put under `dependencies`. */
  entry: { of: string; on: string[]; probability: number; delay: string };
}
