/** What a page was found to be, and what it may be: learned, then added to by acceptance alone. Pure. */
import { z } from 'zod';
import { contentPolicy, weakenings } from './content-policy.ts';
import { formEntry, frameEntry, type Inventory, type ScriptEntry, scriptEntry } from './inventory.ts';
import { alikeness, pageText, titleKey } from './page-text.ts';

/** Versions of one script that count as known, the newest. */
export const MAX_VERSIONS = 16;
/** Scripts, forms, frames and texts kept of one page. */
const MAX_KEPT = 2_000;
const MAX_TEXTS = 8;

const knownScript = z.strictObject({
  key: z.string().max(512),
  origin: z.string().max(512).optional(),
  hashes: z.array(z.string().max(64)).max(MAX_VERSIONS),
  shapes: z.array(z.string().max(64)).max(MAX_VERSIONS),
  references: z.array(z.string().max(512)).max(1_000),
  hasIntegrity: z.boolean(),
  /** Its bytes differed between fetches while it was learned: its shape counts instead. */
  isMade: z.boolean(),
});
type KnownScript = z.infer<typeof knownScript>;

export const baseline = z.strictObject({
  fetches: z.number().int(),
  scripts: z.array(knownScript).max(MAX_KEPT),
  forms: z.array(formEntry).max(MAX_KEPT),
  frames: z.array(frameEntry).max(MAX_KEPT),
  policy: contentPolicy,
  /** The newest last; ordinary days move it on. */
  texts: z.array(pageText).max(MAX_TEXTS),
});
export type Baseline = z.infer<typeof baseline>;

/** A piece of a page that can be taken into the baseline by itself. */
export const piece = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('script'), script: scriptEntry }),
  z.strictObject({ of: z.literal('form'), form: formEntry }),
  z.strictObject({ of: z.literal('frame'), frame: frameEntry }),
  z.strictObject({ of: z.literal('policy'), policy: contentPolicy }),
  z.strictObject({ of: z.literal('text'), text: pageText }),
]);
export type Piece = z.infer<typeof piece>;

export const differenceKinds = [
  'script.added',
  'script.changed',
  'form.changed',
  'frame.added',
  'page.policy-weakened',
  'page.defaced',
] as const;

export const difference = z.strictObject({
  /** Names it as long as it stands. */
  key: z.string().max(1_200),
  kind: z.enum(differenceKinds),
  facts: z.record(z.string().max(64), z.union([z.string().max(512), z.number(), z.boolean()])),
  observables: z.record(z.string().max(64), z.string().max(512)),
  /** Only what comes from the shop itself can be excused by a window of time. */
  isOwn: z.boolean(),
  piece,
});
export type Difference = z.infer<typeof difference>;

export const nothingKnown = (): Baseline => ({ fetches: 0, scripts: [], forms: [], frames: [], texts: [] });

const added = (list: readonly string[], one: string | undefined): string[] =>
  one === undefined || list.includes(one) ? [...list] : [...list, one].slice(-MAX_VERSIONS);

function withScript(scripts: readonly KnownScript[], entry: ScriptEntry): KnownScript[] {
  const known = scripts.find(({ key }) => key === entry.key);
  const hashes = added(known?.hashes ?? [], entry.sha256);
  const shapes = added(known?.shapes ?? [], entry.shape);
  const next: KnownScript = {
    key: entry.key,
    ...(entry.origin === undefined ? {} : { origin: entry.origin }),
    hashes,
    shapes,
    references: [...new Set([...(known?.references ?? []), ...entry.references])].sort().slice(0, 1_000),
    hasIntegrity: entry.hasIntegrity,
    isMade: entry.kind !== 'external' || (known?.isMade ?? false),
  };
  return [...scripts.filter((one) => one !== known), next].slice(-MAX_KEPT);
}

/** With a piece that somebody accepted. */
export function withPiece(known: Baseline, one: Piece): Baseline {
  switch (one.of) {
    case 'script':
      return { ...known, scripts: withScript(known.scripts, one.script) };
    case 'form':
      return { ...known, forms: [...known.forms, one.form].slice(-MAX_KEPT) };
    case 'frame':
      return { ...known, frames: [...known.frames, one.frame].slice(-MAX_KEPT) };
    case 'policy': {
      const { policy: _, ...rest } = known;
      return one.policy === undefined ? rest : { ...rest, policy: one.policy };
    }
    case 'text':
      return { ...known, texts: [...known.texts, one.text].slice(-MAX_TEXTS) };
  }
}

/** With all of a page that is being learned. */
export function learned(known: Baseline, page: Inventory): Baseline {
  const first = known.fetches === 0;
  let next: Baseline = { ...known, fetches: known.fetches + 1 };
  for (const script of page.scripts) {
    const before = known.scripts.find(({ key }) => key === script.key);
    next = withPiece(next, { of: 'script', script });
    const differs =
      before !== undefined &&
      script.sha256 !== undefined &&
      before.hashes.length > 0 &&
      !before.hashes.includes(script.sha256);
    if (differs)
      next = {
        ...next,
        scripts: next.scripts.map((one) => (one.key === script.key ? { ...one, isMade: true } : one)),
      };
  }
  for (const form of page.forms)
    if (!known.forms.some((one) => isSameForm(one, form))) next = withPiece(next, { of: 'form', form });
  for (const frame of page.frames)
    if (!known.frames.some(({ key }) => key === frame.key)) next = withPiece(next, { of: 'frame', frame });
  // Of policies the first counts: a page that loses it while it is learned is no example.
  if (first) next = withPiece(next, { of: 'policy', policy: page.policy });
  return withPiece(next, { of: 'text', text: page.text });
}

const isSameForm = (a: Baseline['forms'][number], b: Baseline['forms'][number]): boolean =>
  a.key === b.key && a.target === b.target && a.isSensitive === b.isSensitive;

/** Less than this in common with every known text of the page is another page. */
const DEFACED_TEXT = 0.2;
const DEFACED_TAGS = 0.5;
/** Beside a defacer's words, less than this is enough. */
const BOASTED_TEXT = 0.7;
/** Fewer words than this say nothing by their choice. */
const MIN_WORDS = 20;

/** What a page is that it was not; empty: nothing. */
export function differencesOf(known: Baseline, page: Inventory, pageUrl: string): Difference[] {
  return [
    ...page.scripts.flatMap((script) => scriptDifferences(known, script, pageUrl)),
    ...formDifferences(known, page, pageUrl),
    ...frameDifferences(known, page, pageUrl),
    ...policyDifferences(known, page),
    ...textDifferences(known, page),
  ];
}

const hostOf = (url: string | undefined): string | undefined =>
  url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
const originOf = (url: string): string => new URL(url).origin;
const observablesOf = (domain: string | undefined, hash: string | undefined): Record<string, string> => ({
  ...(domain === undefined || domain === '' ? {} : { domain: domain.slice(0, 512) }),
  ...(hash === undefined ? {} : { hash }),
});

function scriptDifferences(known: Baseline, script: ScriptEntry, pageUrl: string): Difference[] {
  const own = originOf(pageUrl);
  const before = known.scripts.find(({ key }) => key === script.key);
  const origins = new Set([own, ...known.scripts.flatMap(({ origin }) => origin ?? [])]);
  const everyReference = new Set(known.scripts.flatMap(({ references }) => references));
  const isFromOwn = script.origin === undefined || script.origin === own;
  const foreign = (references: readonly string[]) =>
    references.filter((one) => !one.includes('/') && one !== hostOf(pageUrl));
  const facts = (more: Difference['facts']): Difference['facts'] => ({
    script: (script.url ?? script.kind).slice(0, 512),
    ...(script.origin === undefined ? {} : { origin: script.origin }),
    own: isFromOwn,
    ...more,
  });
  const of = (
    kind: Difference['kind'],
    state: string,
    more: Difference['facts'],
    domain: string | undefined,
    isOwn: boolean,
  ): Difference => ({
    key: `${kind} ${script.key} ${state}`,
    kind,
    facts: facts(more),
    observables: observablesOf(domain, script.sha256),
    isOwn,
    piece: { of: 'script', script },
  });
  if (before === undefined) {
    const isNewOrigin = script.origin !== undefined && !origins.has(script.origin);
    const named = script.references.filter((one) => !everyReference.has(one));
    const strangers = foreign(named);
    // A file of the shop's that is new may name whom it likes only if somebody accepts it.
    return [
      of(
        'script.added',
        `${script.sha256 === undefined || script.kind === 'external' ? '' : named.join(' ').slice(0, 300)}`,
        {
          newOrigin: isNewOrigin || strangers.length > 0,
          ...(named.length === 0 ? {} : { names: named.join(', ').slice(0, 512) }),
        },
        isFromOwn ? strangers[0] : hostOf(script.url),
        isFromOwn && strangers.length === 0,
      ),
    ];
  }
  const found: Difference[] = [];
  const hasOtherShape =
    script.shape !== undefined && before.shapes.length > 0 && !before.shapes.includes(script.shape);
  const hasOtherBytes =
    !before.isMade &&
    script.sha256 !== undefined &&
    before.hashes.length > 0 &&
    !before.hashes.includes(script.sha256);
  const named = script.references.filter((one) => !before.references.includes(one));
  // Content that could not be fetched while the page was learned is no change when it can.
  const isComparable = before.shapes.length > 0;
  if (isComparable && (hasOtherShape || hasOtherBytes || named.length > 0)) {
    const strangers = foreign(named).filter((one) => !everyReference.has(one));
    found.push(
      of(
        'script.changed',
        `${before.isMade ? script.shape : script.sha256} ${named.join(' ').slice(0, 300)}`,
        {
          newOrigin: strangers.length > 0,
          previousHash: before.hashes.at(-1) ?? '',
          ...(script.sha256 === undefined ? {} : { hash: script.sha256 }),
          ...(named.length === 0 ? {} : { names: named.join(', ').slice(0, 512) }),
        },
        isFromOwn ? strangers[0] : hostOf(script.url),
        isFromOwn && strangers.length === 0,
      ),
    );
  }
  if (before.hasIntegrity && !script.hasIntegrity)
    found.push({
      key: `page.policy-weakened integrity ${script.key}`,
      kind: 'page.policy-weakened',
      facts: facts({ change: 'the page no longer states the hash of this script', integrity: true }),
      observables: observablesOf(hostOf(script.url), undefined),
      isOwn: isFromOwn,
      piece: { of: 'script', script },
    });
  return found;
}

function formDifferences(known: Baseline, page: Inventory, pageUrl: string): Difference[] {
  const targets = new Set([originOf(pageUrl), ...known.forms.map(({ origin }) => origin)]);
  return page.forms.flatMap((form) => {
    if (known.forms.some((one) => isSameForm(one, form))) return [];
    const before = known.forms.find(({ key }) => key === form.key);
    const isForeign = !targets.has(form.origin);
    const asksMore =
      form.isSensitive && !known.forms.some((one) => one.isSensitive && one.target === form.target);
    // A form less, or another harmless form of the shop's, is a day's business.
    if (
      !isForeign &&
      !asksMore &&
      (before === undefined || before.target === form.target || !form.isSensitive)
    )
      return [];
    return [
      {
        key: `form.changed ${form.key} ${form.target} ${form.isSensitive}`,
        kind: 'form.changed' as const,
        facts: {
          form: form.key.slice(5),
          target: form.target,
          ...(before === undefined ? {} : { previousTarget: before.target }),
          newOrigin: isForeign,
          sensitive: form.isSensitive,
          own: !isForeign,
        },
        observables: observablesOf(isForeign ? hostOf(form.target) : undefined, undefined),
        isOwn: !isForeign,
        piece: { of: 'form' as const, form },
      },
    ];
  });
}

function frameDifferences(known: Baseline, page: Inventory, pageUrl: string): Difference[] {
  const own = originOf(pageUrl);
  const origins = new Set([own, ...known.frames.map(({ origin }) => origin)]);
  const hasPayment =
    page.forms.some(({ isSensitive }) => isSensitive) || known.forms.some((one) => one.isSensitive);
  return page.frames.flatMap((frame) => {
    const before = known.frames.find(({ key }) => key === frame.key);
    const isNewOrigin = !origins.has(frame.origin);
    const becameOverlay =
      before !== undefined && frame.isOverlay && !before.isOverlay && frame.origin !== own;
    if (before !== undefined ? !becameOverlay : !isNewOrigin && !(frame.isOverlay && hasPayment)) return [];
    return [
      {
        key: `frame.added ${frame.key} ${frame.isOverlay}`,
        kind: 'frame.added' as const,
        facts: {
          frame: frame.url,
          origin: frame.origin,
          newOrigin: isNewOrigin,
          overlay: frame.isOverlay,
          payment: hasPayment,
          own: frame.origin === own,
        },
        observables: observablesOf(hostOf(frame.url), undefined),
        isOwn: frame.origin === own,
        piece: { of: 'frame' as const, frame },
      },
    ];
  });
}

function policyDifferences(known: Baseline, page: Inventory): Difference[] {
  const found = weakenings(known.policy, page.policy);
  if (found.length === 0) return [];
  return [
    {
      key: `page.policy-weakened ${found.join('; ').slice(0, 1_000)}`,
      kind: 'page.policy-weakened',
      facts: { change: found.join('; ').slice(0, 512), missing: page.policy === undefined },
      observables: {},
      isOwn: true,
      piece: { of: 'policy', policy: page.policy },
    },
  ];
}

function textDifferences(known: Baseline, { text }: Inventory): Difference[] {
  if (known.texts.length === 0) return [];
  const words = Math.max(...known.texts.map((one) => alikeness(one.words, text.words)));
  const tags = Math.max(...known.texts.map((one) => alikeness(one.tags, text.tags)));
  const hasOtherTitle = !known.texts.some(({ title }) => titleKey(title) === titleKey(text.title));
  const said = known.texts.some((one) => Object.keys(one.words).length >= MIN_WORDS);
  // A page with hardly any text says that the shop is down; the watch tells that as such.
  const says = Object.keys(text.words).length >= MIN_WORDS;
  const isAnother = said && says && words < DEFACED_TEXT && (tags < DEFACED_TAGS || hasOtherTitle);
  const isNewBoast = text.boast !== undefined && !known.texts.some(({ boast }) => boast === text.boast);
  // An article about a break-in at somebody's says such words as well, on a page that is otherwise the same.
  const boast = isNewBoast && (hasOtherTitle || words < BOASTED_TEXT) ? text.boast : undefined;
  if (boast === undefined && !isAnother) return [];
  return [
    {
      key: `page.defaced ${titleKey(text.title).slice(0, 300)} ${boast ?? ''}`,
      kind: 'page.defaced',
      facts: {
        title: text.title,
        previousTitle: known.texts.at(-1)?.title ?? '',
        alikeText: Math.round(words * 100) / 100,
        alikeStructure: Math.round(tags * 100) / 100,
        ...(boast === undefined ? {} : { words: boast }),
      },
      observables: {},
      isOwn: boast === undefined,
      piece: { of: 'text', text },
    },
  ];
}

/** Whether next to nothing is left of a page that had text: an error told as a success. */
export const isHollow = (known: Baseline, { text }: Inventory): boolean =>
  text.boast === undefined &&
  Object.keys(text.words).length < MIN_WORDS &&
  known.texts.some(({ words }) => Object.keys(words).length >= 3 * MIN_WORDS);

/** The text moves on with ordinary days, so that a slow change never adds up to a defaced page. */
export function movedOn(known: Baseline, page: Inventory): Baseline {
  const [first, ...rest] = known.texts;
  if (first === undefined) return { ...known, texts: [page.text] };
  const newest = known.texts.at(-1);
  if (newest !== undefined && alikeness(newest.words, page.text.words) > 0.9) return known;
  // The first stays: what was learned or accepted.
  return { ...known, texts: [first, ...rest.slice(-(MAX_TEXTS - 2)), page.text] };
}
