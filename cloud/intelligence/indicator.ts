/** One indicator as the house keeps it, how it ages, and what a match is worth. Pure. */
import { z } from 'zod';
import { type Severity, severities } from '../../devices/model/detection.ts';
import { instant, plainText } from '../../devices/model/identifiers.ts';
import { lies, networkOf } from './matching/network-address.ts';
import { type IndicatorType, indicatorTypes, type Part } from './matching/observable.ts';
import { type Anchor, anchorsOf, typeOfPattern } from './stix/anchors.ts';
import { testOf } from './stix/evaluate.ts';
import { parsePattern } from './stix/pattern.ts';
import { MAX_PATTERN_LENGTH, PatternProblem } from './stix/pattern-tokens.ts';

/** Traffic Light Protocol 2.0, the most open first. */
export const tlpLevels = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
export const tlpLevel = z.enum(tlpLevels);
export type Tlp = z.infer<typeof tlpLevel>;
export const tlpRank = (tlp: Tlp): number => tlpLevels.indexOf(tlp);

export const indicator = z.strictObject({
  /** The feed or file that brought it. */
  source: z.string().min(1).max(128),
  /** As a STIX identifier. */
  id: z.string().max(128),
  name: plainText.max(256),
  pattern: z.string().max(MAX_PATTERN_LENGTH),
  type: z.enum(indicatorTypes),
  /** 0 to 100, when it was written. */
  confidence: z.number().int().min(0).max(100),
  validFrom: instant,
  validUntil: instant.optional(),
  modified: instant,
  tlp: tlpLevel,
  /** STIX's indicator types, such as `malicious-activity`. */
  labels: z.array(z.string().max(128)).max(16),
  /** Technique or tactic of MITRE ATT&CK. */
  tactic: z.string().max(32).optional(),
});
export type Indicator = z.infer<typeof indicator>;

const DAY_MS = 24 * 3_600_000;

/** Days after which half of the confidence is left: addresses change hands in weeks, a file stays what it is. */
export const halfLifeDays: Readonly<Record<IndicatorType, number>> = {
  ip: 14,
  domain: 45,
  url: 30,
  hash: 365,
  email: 90,
  account: 90,
  mac: 180,
  'file-name': 90,
  'user-agent': 180,
  other: 60,
};
export type HalfLives = Readonly<Record<IndicatorType, number>>;

export interface Ageing {
  readonly halfLives: HalfLives;
  /** Below it, an indicator is too old to match. */
  readonly minimumConfidence: number;
  /** So long before it became valid, ms: it is written after somebody was hit. */
  readonly beforeMs: number;
}

/**
 * What is left of its confidence for something seen at a time, 0 to 100, not rounded: halved with each half-life from
 * the day it became valid, before as after. Undefined: out of its validity, or too little is left.
 */
export function confidenceAt(
  { type, confidence, validFrom, validUntil, modified }: Indicator,
  atMs: number,
  { halfLives, minimumConfidence, beforeMs }: Ageing,
): number | undefined {
  if (atMs < validFrom - beforeMs || (validUntil !== undefined && atMs >= validUntil)) return undefined;
  // Its author stood by it again with each new version.
  const freshAt = Math.max(validFrom, Math.min(modified, atMs));
  const left = confidence * 0.5 ** (Math.abs(atMs - freshAt) / (halfLives[type] * DAY_MS));
  return left < minimumConfidence ? undefined : left;
}

/** An address that only came by is many people's; what is with us, or what we speak to, is ours to explain. */
export function severityOf(type: IndicatorType, part: Part, confidence: number): Severity {
  const step = confidence >= 75 ? 3 : confidence >= 50 ? 2 : confidence >= 25 ? 1 : 0;
  if (part === 'inbound')
    return severities[Math.min(step, type === 'ip' || type === 'user-agent' ? 1 : 2)] ?? 'low';
  if (type === 'hash' && confidence >= 90) return 'critical';
  return severities[step] ?? 'info';
}

/** Files without a byte: everybody has them. */
const emptyFiles: ReadonlySet<string> = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
]);
/** Wider networks hold whole countries. */
const NARROWEST_V4 = 8;
const NARROWEST_V6 = 20;
const ownNetworks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].flatMap((text) => networkOf(text) ?? []);

/** Why something may not be looked for: it is everywhere, or inside every house; undefined: it may. */
export function tooCommon(anchor: Anchor): string | undefined {
  if (anchor.kind === 'suffix') return anchor.domain.includes('.') ? undefined : `all of ${anchor.domain}`;
  if (anchor.kind === 'network' || anchor.type === 'ip') {
    const network = anchor.kind === 'network' ? anchor.network : networkOf(anchor.value);
    if (network === undefined) return undefined;
    if (network.length < (network.words.length === 1 ? NARROWEST_V4 : NARROWEST_V6))
      return 'too wide a network';
    return ownNetworks.some((own) => lies(network, own)) ? 'an address of inside networks' : undefined;
  }
  if (anchor.type === 'hash' && emptyFiles.has(anchor.value)) return 'the empty file';
  if (anchor.type === 'domain' && !anchor.value.includes('.')) return `all of ${anchor.value}`;
  return undefined;
}

/** What follows from a pattern. */
export interface Compiled {
  readonly anchors: readonly Anchor[] | undefined;
  readonly type: IndicatorType;
  readonly test: ReturnType<typeof testOf>;
}

/** @throws PatternProblem that says why it can't be looked for */
export function compiled(text: string): Compiled {
  const pattern = parsePattern(text);
  const test = testOf(pattern);
  const anchors = anchorsOf(pattern);
  if (anchors?.length === 0) throw new PatternProblem('no observation can ever show this', 0);
  for (const anchor of anchors ?? []) {
    const why = tooCommon(anchor);
    if (why !== undefined) throw new PatternProblem(`it would match ${why}`, 0);
  }
  return { anchors, type: typeOfPattern(pattern), test };
}
