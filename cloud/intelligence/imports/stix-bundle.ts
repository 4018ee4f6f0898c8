/** Indicators out of STIX 2.1 objects; patterns of other languages and what can't be looked for are refused by name. Pure. */
import { z } from 'zod';
import { type Compiled, compiled, type Indicator } from '../indicator.ts';
import { isStixId } from '../stix/identifiers.ts';
import { tlpOf } from '../stix/markings.ts';
import { type Imported, nameFrom, type Origin, type Refused } from './imported.ts';

const time = z
  .string()
  .max(64)
  .transform((text, context) => {
    const ms = Date.parse(text);
    if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(ms) && ms >= 0) return ms;
    context.addIssue({ code: 'custom', message: 'not a time' });
    return z.NEVER;
  });

const object = z.looseObject({
  type: z.string().max(250),
  id: z.string().max(300).refine(isStixId, 'not an identifier'),
  revoked: z.boolean().default(false),
});

/** Only what is used; whatever else it has is its author's. */
const indicatorObject = object.extend({
  modified: time,
  name: z.string().max(10_000).optional(),
  pattern: z.string(),
  pattern_type: z.string(),
  valid_from: time,
  valid_until: time.optional(),
  confidence: z.number().int().min(0).max(100).optional(),
  indicator_types: z.array(z.string().max(128)).max(64).default([]),
  object_marking_refs: z.array(z.string().max(300)).max(64).default([]),
  kill_chain_phases: z
    .array(z.looseObject({ kill_chain_name: z.string(), phase_name: z.string() }))
    .max(64)
    .default([]),
});

const bundle = z.looseObject({ type: z.literal('bundle'), objects: z.array(z.unknown()).default([]) });

/** Phases of ATT&CK Enterprise and ICS as tactics. */
const tactics: Readonly<Record<string, string>> = {
  reconnaissance: 'TA0043',
  'resource-development': 'TA0042',
  'initial-access': 'TA0001',
  execution: 'TA0002',
  persistence: 'TA0003',
  'privilege-escalation': 'TA0004',
  'defense-evasion': 'TA0005',
  'credential-access': 'TA0006',
  discovery: 'TA0007',
  'lateral-movement': 'TA0008',
  collection: 'TA0009',
  exfiltration: 'TA0010',
  'command-and-control': 'TA0011',
  impact: 'TA0040',
};

/** @throws Error where it is no bundle */
export function readBundle(text: string, origin: Origin): Imported {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error('not JSON');
  }
  const read = bundle.safeParse(document);
  if (!read.success) throw new Error('not a STIX bundle');
  return readObjects(read.data.objects, origin);
}

/** Objects as a bundle or an envelope of TAXII has them. */
export function readObjects(objects: readonly unknown[], origin: Origin): Imported {
  const indicators: Indicator[] = [];
  const revoked: string[] = [];
  const refused: Refused[] = [];
  let ignored = 0;
  for (const [index, one] of objects.entries()) {
    const head = object.safeParse(one);
    if (!head.success) refused.push({ what: `object ${index + 1}`, why: 'not a STIX object' });
    else if (head.data.type !== 'indicator') ignored++;
    else if (head.data.revoked) revoked.push(head.data.id);
    else {
      const made = indicatorOf(one, origin);
      if (typeof made === 'string') refused.push({ what: head.data.id, why: made });
      else indicators.push(made);
    }
  }
  return { indicators, revoked, refused, ignored };
}

/** @returns why not, where it can't be taken */
function indicatorOf(one: unknown, origin: Origin): Indicator | string {
  const read = indicatorObject.safeParse(one);
  if (!read.success) {
    const [issue] = read.error.issues;
    return `${issue?.path.join('.')}: ${issue?.message}`;
  }
  const { data } = read;
  if (data.pattern_type !== 'stix') return `a pattern of type ${data.pattern_type.slice(0, 64)}`;
  if (data.indicator_types.includes('benign')) return 'it says that this is harmless';
  let pattern: Compiled;
  try {
    pattern = compiled(data.pattern);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (data.valid_until !== undefined && data.valid_until <= data.valid_from) return 'never valid';
  const phase = data.kill_chain_phases.map(({ phase_name }) => tactics[phase_name]).find((tactic) => tactic);
  return {
    source: origin.source,
    id: data.id,
    name: nameFrom(data.name ?? data.pattern),
    pattern: data.pattern,
    type: pattern.type,
    confidence: data.confidence ?? origin.confidence,
    validFrom: data.valid_from,
    ...(data.valid_until === undefined ? {} : { validUntil: data.valid_until }),
    modified: data.modified,
    tlp: tlpOf(data.object_marking_refs) ?? origin.tlp,
    labels: data.indicator_types.slice(0, 16),
    ...(phase === undefined ? {} : { tactic: phase }),
  };
}
