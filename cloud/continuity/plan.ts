/** A continuity plan: what it protects, who answers for it, what is done when it fails, and until when. */
import { z } from 'zod';
import { durationMs, identifier, instant, plainText } from '../../devices/model/identifiers.ts';

export const PLAN_DOCUMENT = 'continuity.plan';
/** Of an installation: a few for each site. */
export const MAX_PLANS = 5_000;
export const MAX_CONTACTS = 40;
export const MAX_FALLBACKS = 20;
export const MAX_STEPS = 100;

const line = (max: number) => plainText.max(max).refine((text) => !text.includes('\n'), 'must be one line');
const some = (max: number) => line(max).refine((text) => text.trim().length > 0, 'must not be empty');

/** Somebody to ring up. Phone and mail may still be missing: the plan then says so. */
export const contact = z.strictObject({
  name: some(128),
  /** What they are rung up for: `responsible pharmacist`, `fridge repair, day and night`. */
  role: line(128).default(''),
  phone: z
    .string()
    .max(40)
    .regex(/^[+0-9 ()/.-]*$/, 'may hold digits, blanks and + ( ) / . - only')
    .default(''),
  mail: z.union([z.literal(''), z.email().max(254)]).default(''),
});
export type Contact = z.infer<typeof contact>;

/** A way to go on without what has failed; the best first. */
export const fallback = z.strictObject({
  id: identifier,
  title: some(160),
  text: plainText.max(2_000).default(''),
  /** What must hold before it is chosen. */
  conditions: z.array(some(300)).max(10).default([]),
  /** A playbook of the response that does it, by id. */
  playbook: z.exactOptional(z.string().min(1).max(128)),
  /** How long it takes until it carries the service. */
  readyMs: z.exactOptional(durationMs),
});
export type Fallback = z.infer<typeof fallback>;

/** `first`: at once; `recover`: until the service works again; `normal`: back to how it was. */
export const phases = ['first', 'recover', 'normal'] as const;
export type Phase = (typeof phases)[number];

export const step = z.strictObject({
  id: identifier,
  phase: z.enum(phases),
  text: some(400),
  who: line(128).default(''),
  /** After the recovery clock has started; of `normal`, after the service works again. */
  withinMs: z.exactOptional(durationMs),
});
export type PlanStep = z.infer<typeof step>;

/** What makes the plan be proposed for an incident at its site. */
export const triggers = z.strictObject({
  /** Rules by name; `held-open` is `held-open:fridge` as well. */
  rules: z.array(some(128)).max(50).default([]),
  /** Whether anything that happens to what it protects is enough. */
  failing: z.boolean().default(true),
  /** Predicted effects on what it protects count from this chance; absent: they do not. */
  predictedFrom: z.exactOptional(z.number().min(0.01).max(1)),
});

export const planContent = z
  .strictObject({
    name: some(160),
    site: identifier,
    about: plainText.max(2_000).default(''),
    assets: z.array(identifier).max(100).default([]),
    /** Services of the dependency graph. */
    services: z.array(identifier).max(50).default([]),
    owner: contact,
    deputies: z.array(contact).max(MAX_CONTACTS).default([]),
    contacts: z.array(contact).max(MAX_CONTACTS).default([]),
    /** Recovery time objective: how long the service may be away. */
    rtoMs: durationMs.min(60_000),
    /** Recovery point objective: how far back what was recorded or made may be lost. */
    rpoMs: z.exactOptional(durationMs),
    fallbacks: z.array(fallback).max(MAX_FALLBACKS).default([]),
    steps: z.array(step).max(MAX_STEPS).default([]),
    triggers,
    /** It is read again and confirmed so often. */
    reviewEveryMs: durationMs.min(24 * 3_600_000).default(180 * 24 * 3_600_000),
  })
  .superRefine(({ fallbacks, steps }, context) => {
    for (const [list, entries] of [
      ['fallbacks', fallbacks],
      ['steps', steps],
    ] as const)
      entries.forEach(({ id }, index) => {
        if (entries.findIndex((one) => one.id === id) < index)
          context.addIssue({ code: 'custom', path: [list, index, 'id'], message: `"${id}" is there twice` });
      });
  });
export type PlanContent = z.infer<typeof planContent>;

export const plan = z.strictObject({
  id: identifier,
  /** 1 at first, one more with each change. */
  version: z.number().int().min(1),
  content: planContent,
  changed: z.strictObject({ at: instant, by: plainText }),
  /** Somebody read it and found it right. */
  reviewed: z.exactOptional(z.strictObject({ at: instant, by: plainText })),
  /** No longer in use; what was done by it stays. */
  retired: z.exactOptional(z.strictObject({ at: instant, by: plainText, text: plainText })),
});
export type Plan = z.infer<typeof plan>;

/** When it has to be read again. */
export const reviewDueAt = ({ changed, reviewed, content }: Plan): number =>
  (reviewed?.at ?? changed.at) + content.reviewEveryMs;

/** What a plan names, as far as it is there. */
export interface PlanWorld {
  assetSite(id: string): string | undefined;
  hasService(id: string): boolean;
  hasPlaybook(id: string): boolean;
}

/** What would stand in the way when it is needed, in words. Pure. */
export function gapsOf({ content }: Plan, world: PlanWorld): string[] {
  const { assets, services, owner, deputies, fallbacks, steps, site } = content;
  const unreachable = [owner, ...deputies].filter(({ phone }) => phone === '');
  return [
    ...(assets.length + services.length === 0 ? ['It does not say what it protects.'] : []),
    ...assets
      .filter((id) => world.assetSite(id) !== site)
      .map((id) => `There is no asset “${id}” at its site.`),
    ...services.filter((id) => !world.hasService(id)).map((id) => `There is no service “${id}”.`),
    ...unreachable.map(({ name }) => `There is no telephone number of ${name}.`),
    ...(deputies.length === 0 ? [`Nobody stands in for ${owner.name}.`] : []),
    ...(fallbacks.length === 0 ? ['There is no fall-back.'] : []),
    ...fallbacks
      .filter(({ playbook }) => playbook !== undefined && !world.hasPlaybook(playbook))
      .map(({ title }) => `The playbook of “${title}” is not there any more.`),
    ...(['first', 'normal'] as const)
      .filter((phase) => !steps.some((one) => one.phase === phase))
      .map((phase) => (phase === 'first' ? 'Nothing is to be done first.' : 'Nothing leads back to normal.')),
  ];
}
