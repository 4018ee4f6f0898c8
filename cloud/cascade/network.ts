/** A dependency graph compiled for many samples: states and dependencies as numbers in typed arrays. */
import { hash } from 'node:crypto';
import type { Dependency, GraphDocument, Lever } from './graph.ts';
import { keyOf } from './random.ts';
import type { Spread } from './spread.ts';

/** Something that has happened to an asset. */
export interface AssetState {
  asset: string;
  effect: string;
}

export const stateKey = ({ asset, effect }: AssetState): string => `${asset}:${effect}`;

/** What is changed before a graph is compiled. */
export interface Alterations {
  /** Nothing happens to these: a whole asset, or one state of it. */
  readonly immune: readonly { asset: string; effect?: string | undefined }[];
  /** Mitigations that work, by id. */
  readonly mitigations: ReadonlySet<string>;
  /** Added to buffers of what an asset needs; of one type, or of every. */
  readonly buffers: readonly { asset: string; type?: string | undefined; byMs: number }[];
  /** Takes the place of what is written; 0 takes a dependency away. */
  readonly chances: readonly { from: string; to: string; probability: number }[];
}

/** One need of one state: it comes about `bufferMs` after `failures` of its dependencies have come through. */
export interface Network {
  readonly states: readonly AssetState[];
  indexOf(state: AssetState): number | undefined;
  /** Dependencies that leave state s: from edgeStart[s] to before edgeStart[s + 1]. */
  readonly edgeStart: Int32Array;
  readonly edgeFrom: Int32Array;
  /** EDGE_WORDS each: state that it leads to, threshold, key of its luck, need or SIMPLE. */
  readonly edgeWords: Int32Array;
  /** EDGE_TIMES each, ms: the least delay, and how much more it may be where all of it is equally likely, or ODD. */
  readonly edgeTimes: Float64Array;
  /** Of ODD delays. */
  readonly edgeSpread: readonly (Spread | undefined)[];
  readonly edgeNeed: Int32Array;
  /** As it was written, for those who calculate with it. */
  readonly edgeChance: Float64Array;
  readonly needFailures: Int32Array;
  /** Where the arrivals at a need of several are kept. */
  readonly needStart: Int32Array;
  readonly needKey: Int32Array;
  readonly needBufferMs: Float64Array;
  readonly needSpread: readonly (Spread | undefined)[];
  readonly needTo: Int32Array;
  readonly slots: number;
  /** The entry of the file behind a need. */
  readonly needDependency: readonly Dependency[];
  /** Until it works again once what had failed is mended, by state. */
  readonly recoveryMs: Float64Array;
}

export const EDGE_WORDS = 4;
export const EDGE_TIMES = 2;
/** Comes through where 32 random bits are below its threshold; this one always. */
export const CERTAIN = 0xffff_ffff;
/** A need without a buffer that takes one failure is its dependency and nothing more. */
const SIMPLE = -1;
/** A delay that is neither fixed nor uniform. */
const ODD = -1;
/** Another luck for a need's buffer than for its dependencies. */
const BUFFER_LUCK = 0x3c6ef372;
/** And another for a delay than for whether it comes through. */
export const DELAY_LUCK = 0x1b873593;

const unchanged: Alterations = { immune: [], mitigations: new Set(), buffers: [], chances: [] };

/** The mitigations that a file says are in place. */
export const mitigationsInPlace = ({
  mitigations,
}: Pick<GraphDocument, 'mitigations'>): ReadonlySet<string> =>
  new Set(mitigations.filter(({ inPlace }) => inPlace).map(({ id }) => id));

interface DraftNeed {
  dependency: Dependency;
  key: number;
  text: string;
}

/** Names the need, not its figures: a mitigation or a what-if leaves its luck as it was. */
const textOf = ({ id, of, effect, type, on, needed }: Dependency): string =>
  `${of}:${effect}<${type}${id === undefined ? '' : `#${id}`}<${needed ?? ''}<${
    on.length === 1 && on[0] !== undefined ? stateKey(on[0]) : on.map(stateKey).sort().join(',')
  }`;

/** A short name of what a dependency says, figures aside. */
export const nameOfDependency = (one: Dependency): string => hash('sha256', textOf(one)).slice(0, 16);

/** Of a probability: 0 never, CERTAIN always, in between as 32 bits can say it. */
const thresholdOf = (probability: number): number =>
  probability >= 1 ? CERTAIN : Math.min(CERTAIN - 1, Math.round(probability * CERTAIN));

export const edgeTarget = ({ edgeWords }: Network, edge: number): number => edgeWords[edge * EDGE_WORDS] ?? 0;

/** Same graph, same network, whatever the order of the entries. Pure. */
export function compile(
  document: Pick<GraphDocument, 'assets' | 'dependencies' | 'services' | 'mitigations'>,
  alterations: Alterations = { ...unchanged, mitigations: mitigationsInPlace(document) },
  alsoStates: readonly AssetState[] = [],
): Network {
  const drafts = inOrder(document.dependencies);
  const { states, indexOf } = statesOf(document, alsoStates);
  const levers = leversBy(document, alterations.mitigations);
  const isImmune = immunityOf(alterations);
  const chances = new Map(
    alterations.chances.map(({ from, to, probability }) => [`${from}>${to}`, probability]),
  );

  const count = drafts.reduce((sum, { dependency }) => sum + dependency.on.length, 0);
  const draftFrom = new Int32Array(count);
  const draft = {
    to: new Int32Array(count),
    need: new Int32Array(count),
    chance: new Float64Array(count),
    key: new Int32Array(count),
    leastMs: new Float64Array(count),
    widthMs: new Float64Array(count),
    spread: new Array<Spread | undefined>(count),
  };
  const needFailures = new Int32Array(drafts.length);
  const needStart = new Int32Array(drafts.length + 1);
  const needKey = new Int32Array(drafts.length);
  const needBufferMs = new Float64Array(drafts.length);
  const needSpread = new Array<Spread | undefined>(drafts.length);
  const needTo = new Int32Array(drafts.length);
  const isSimple = new Uint8Array(drafts.length);
  let edge = 0;
  let before: DraftNeed | undefined;
  let repeats = 0;
  drafts.forEach((one, need) => {
    const { dependency, key, text } = one;
    repeats = before?.text === text ? repeats + 1 : 0;
    before = one;
    const luck = (key + Math.imul(repeats, 0x9e3779b1)) | 0;
    const { of, effect, on, buffer } = dependency;
    const to = indexOf({ asset: of, effect }) ?? 0;
    const applying = levers(dependency);
    needTo[need] = to;
    needKey[need] = luck ^ BUFFER_LUCK;
    needFailures[need] = on.length - (dependency.needed ?? on.length) + 1;
    needStart[need + 1] = (needStart[need] ?? 0) + on.length;
    const bufferMs =
      applying.reduce((sum, lever) => sum + (lever.on === undefined ? (lever.buffer ?? 0) : 0), 0) +
      extraBuffer(dependency, alterations);
    needBufferMs[need] = bufferMs + (buffer.kind === 'fixed' ? buffer.ms : 0);
    if (buffer.kind !== 'fixed') needSpread[need] = buffer;
    isSimple[need] =
      needFailures[need] === 1 && needBufferMs[need] === 0 && needSpread[need] === undefined ? 1 : 0;
    for (const supplier of on) {
      const { asset, effect: cause } = supplier;
      const delay = supplier.delay ?? dependency.delay;
      let probability = chances.get(`${asset}>${of}`) ?? supplier.probability ?? dependency.probability;
      let leastMs = delay.kind === 'fixed' ? delay.ms : delay.kind === 'uniform' ? delay.fromMs : 0;
      for (const lever of applying) {
        if (lever.on !== undefined && lever.on !== asset) continue;
        probability *= 1 - (lever.effectiveness ?? 0);
        if (lever.on !== undefined) leastMs += lever.buffer ?? 0;
      }
      draftFrom[edge] = indexOf({ asset, effect: cause }) ?? 0;
      draft.to[edge] = to;
      draft.need[edge] = need;
      draft.chance[edge] = isImmune(of, effect) ? 0 : probability;
      draft.key[edge] = on.length === 1 ? luck : (luck + keyOf(stateKey(supplier))) | 0;
      draft.leastMs[edge] = leastMs;
      draft.widthMs[edge] =
        delay.kind === 'fixed' ? 0 : delay.kind === 'uniform' ? delay.toMs - delay.fromMs : ODD;
      draft.spread[edge] = delay.kind === 'fixed' || delay.kind === 'uniform' ? undefined : delay;
      edge++;
    }
  });

  // By the state that they leave, otherwise in the order they have.
  const edgeStart = new Int32Array(states.length + 1);
  for (const from of draftFrom) edgeStart[from + 1] = (edgeStart[from + 1] ?? 0) + 1;
  for (let state = 0; state < states.length; state++)
    edgeStart[state + 1] = (edgeStart[state + 1] ?? 0) + (edgeStart[state] ?? 0);
  const next = edgeStart.slice(0, states.length);
  const order = new Int32Array(count);
  draftFrom.forEach((from, at) => {
    const place = next[from] ?? 0;
    order[place] = at;
    next[from] = place + 1;
  });
  const edgeWords = new Int32Array(count * EDGE_WORDS);
  const edgeTimes = new Float64Array(count * EDGE_TIMES);
  order.forEach((at, place) => {
    const need = draft.need[at] ?? 0;
    edgeWords[place * EDGE_WORDS] = draft.to[at] ?? 0;
    edgeWords[place * EDGE_WORDS + 1] = thresholdOf(draft.chance[at] ?? 0);
    edgeWords[place * EDGE_WORDS + 2] = draft.key[at] ?? 0;
    edgeWords[place * EDGE_WORDS + 3] = isSimple[need] === 1 ? SIMPLE : need;
    edgeTimes[place * EDGE_TIMES] = draft.leastMs[at] ?? 0;
    edgeTimes[place * EDGE_TIMES + 1] = draft.widthMs[at] ?? 0;
  });
  const recoveryOf = new Map(document.assets.map(({ id, recovery }) => [id, recovery]));
  return {
    states,
    indexOf,
    edgeStart,
    edgeFrom: order.map((at) => draftFrom[at] ?? 0),
    edgeWords,
    edgeTimes,
    edgeNeed: order.map((at) => draft.need[at] ?? 0),
    edgeChance: Float64Array.from(order, (at) => draft.chance[at] ?? 0),
    edgeSpread: Array.from(order, (at) => draft.spread[at]),
    needFailures,
    needStart,
    needKey,
    needBufferMs,
    needSpread,
    needTo,
    slots: needStart[drafts.length] ?? 0,
    needDependency: drafts.map(({ dependency }) => dependency),
    recoveryMs: Float64Array.from(states, ({ asset }) => recoveryOf.get(asset) ?? 0),
  };
}

/** What was put in order lately: a what-if and a risk register ask the same graph again and again. */
const ordered = new WeakMap<readonly Dependency[], readonly DraftNeed[]>();

/** By what their names come to, not by their places in the file. */
function inOrder(dependencies: readonly Dependency[]): readonly DraftNeed[] {
  const known = ordered.get(dependencies);
  if (known !== undefined) return known;
  const drafts = dependencies.map((dependency): DraftNeed => {
    const text = textOf(dependency);
    return { dependency, text, key: keyOf(text) };
  });
  // Key and place in one number: numbers are sorted many times as fast as by asking for each pair.
  const places = Float64Array.from(drafts, ({ key }, place) => (key + 2 ** 31) * MOST_PLACES + place).sort();
  const sorted = Array.from(places, (one) => drafts[one % MOST_PLACES]).filter((one) => one !== undefined);
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to]?.key === sorted[from]?.key) to++;
    if (to - from > 1) {
      const same = sorted.slice(from, to);
      same.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : byFigures(a, b)));
      sorted.splice(from, same.length, ...same);
    }
    from = to;
  }
  ordered.set(dependencies, sorted);
  return sorted;
}

/** Above MAX_DEPENDENCIES; with 32 bits of a key still a whole number. */
const MOST_PLACES = 2 ** 20;

/** Of entries that say the same but for their figures. */
function byFigures(a: DraftNeed, b: DraftNeed): number {
  const figures = ({ dependency: { probability, delay, buffer, on } }: DraftNeed) =>
    JSON.stringify([probability, delay, buffer, on]);
  const one = figures(a);
  const other = figures(b);
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Every state that anything speaks of, in the order of their names. */
function statesOf(
  { dependencies, services, assets }: Pick<GraphDocument, 'assets' | 'dependencies' | 'services'>,
  also: readonly AssetState[],
): Pick<Network, 'states' | 'indexOf'> {
  // By asset and effect instead of by one joined text: hundreds of thousands are looked up.
  const found = new Map<string, Map<string, number>>();
  const note = ({ asset, effect }: AssetState) => {
    const effects = found.get(asset);
    if (effects === undefined) found.set(asset, new Map([[effect, 0]]));
    else effects.set(effect, 0);
  };
  for (const { of, effect, on } of dependencies) {
    note({ asset: of, effect });
    for (const supplier of on) note(supplier);
  }
  for (const { needs } of services) for (const need of needs) note(need);
  for (const { id, losses } of assets) for (const { effect } of losses) note({ asset: id, effect });
  for (const state of also) note(state);
  const states = [...found.keys()]
    .sort()
    .flatMap((asset) => [...(found.get(asset)?.keys() ?? [])].sort().map((effect) => ({ asset, effect })));
  states.forEach(({ asset, effect }, index) => found.get(asset)?.set(effect, index));
  return { states, indexOf: ({ asset, effect }) => found.get(asset)?.get(effect) };
}

/** The levers of the mitigations that work, for each dependency. */
function leversBy(
  { mitigations }: Pick<GraphDocument, 'mitigations'>,
  working: ReadonlySet<string>,
): (dependency: Dependency) => readonly Lever[] {
  const levers = mitigations.filter(({ id }) => working.has(id)).flatMap(({ acts }) => acts);
  const byWhoNeeds = Map.groupBy(
    levers.filter(({ of }) => of !== undefined),
    ({ of }) => of ?? '',
  );
  const byWhatIsNeeded = Map.groupBy(
    levers.filter(({ of }) => of === undefined),
    ({ on }) => on ?? '',
  );
  if (levers.length === 0) return () => [];
  return ({ of, on, type, effect }) =>
    [...(byWhoNeeds.get(of) ?? []), ...on.flatMap(({ asset }) => byWhatIsNeeded.get(asset) ?? [])].filter(
      (lever) =>
        (lever.type === undefined || lever.type === type) &&
        (lever.effect === undefined || lever.effect === effect),
    );
}

function immunityOf({ immune }: Alterations): (asset: string, effect: string) => boolean {
  if (immune.length === 0) return () => false;
  const whole = new Set(immune.filter(({ effect }) => effect === undefined).map(({ asset }) => asset));
  const single = new Set(
    immune.flatMap(({ asset, effect }) => (effect === undefined ? [] : [stateKey({ asset, effect })])),
  );
  return (asset, effect) => whole.has(asset) || single.has(stateKey({ asset, effect }));
}

const extraBuffer = ({ of, type }: Dependency, { buffers }: Alterations): number =>
  buffers.reduce(
    (sum, one) => sum + (one.asset === of && (one.type === undefined || one.type === type) ? one.byMs : 0),
    0,
  );
