import { createHash } from 'node:crypto';
import { z } from 'zod';
import { commandAction } from '../../devices/model/command.ts';
import { type Severity, severity } from '../../devices/model/detection.ts';
import { durationMs, identifier, plainText } from '../../devices/model/identifiers.ts';
import { catalog } from './catalog.ts';
import { type AnyRuleKind, DEFAULT_ACTION_LIFETIME_MS } from './rule.ts';

/** Rules of one gateway, at most. */
export const MAX_RULES = 1_000;
/** Assets that one rule may name. */
export const MAX_ASSETS_PER_RULE = 10_000;
/** Things one detection may set off. */
export const MAX_ACTIONS_PER_RULE = 16;

const ruleAction = z.strictObject({
  action: commandAction,
  asset: identifier,
  /** Not done within this time, it is not done at all. */
  lifetimeMs: durationMs.min(100).max(3_600_000).default(DEFAULT_ACTION_LIFETIME_MS),
  /** Only for detections at least this serious: a pre-alarm does not sound the siren. */
  fromSeverity: severity.default('medium'),
  /** For `camera.go-to-preset`: where the camera is to look. */
  preset: plainText.min(1).max(64).optional(),
});
export type RuleAction = z.infer<typeof ruleAction>;

/** What every rule's entry may say, whatever its kind; the kind's own keys stand beside it. */
const common = {
  /** The kind, as catalog.ts lists it. */
  rule: z.string(),
  /** Tells apart several rules of one kind. */
  id: identifier.optional(),
  /** The assets it watches; absent: every asset of the site that the kind fits. */
  assets: z.array(identifier).min(1).max(MAX_ASSETS_PER_RULE).optional(),
  except: z.array(identifier).max(MAX_ASSETS_PER_RULE).default([]),
  /** One severity for all that is more than a remark, or another one for each: `{ low: medium }`. */
  severity: z.union([severity, z.partialRecord(severity, severity)]).optional(),
  actions: z.array(ruleAction).max(MAX_ACTIONS_PER_RULE).default([]),
};
const ruleEntry = z.looseObject(common);

/** One rule as the engine takes it. */
export interface RuleConfiguration {
  /** `held-open`, or `held-open:cold-room` where the entry has an id; a detection's `rule`. */
  readonly name: string;
  readonly kind: string;
  readonly assets?: readonly string[] | undefined;
  readonly except: readonly string[];
  readonly severity?: Severity | Partial<Record<Severity, Severity>> | undefined;
  readonly actions: readonly RuleAction[];
  /** The kind's own part, as its schema gave it back. */
  readonly configuration: unknown;
}

/** The kind in a detection's `rule`: pages translate by it. */
export const kindOfRule = (name: string): string => name.split(':', 1)[0] ?? name;

/** The schema of the `rules` part of a gateway's configuration, for these kinds. */
export function ruleConfigurationsOf(kinds: readonly AnyRuleKind[]) {
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  const one = ruleEntry.transform((entry, context): RuleConfiguration => {
    const kind = byName.get(entry.rule);
    if (kind === undefined) {
      const known = [...byName.keys()].join(', ');
      context.addIssue({
        code: 'custom',
        path: ['rule'],
        message: `there is no rule "${entry.rule}"; there are ${known}`,
      });
      return z.NEVER;
    }
    const own = Object.fromEntries(Object.entries(entry).filter(([name]) => !(name in common)));
    const parsed = kind.configuration.safeParse(own);
    if (!parsed.success) {
      for (const issue of parsed.error.issues) {
        if (issue.code === 'unrecognized_keys') {
          for (const name of issue.keys)
            context.addIssue({
              code: 'custom',
              path: [...issue.path, name],
              message: `there is no such key in ${kind.kind}`,
            });
        } else context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
      }
      return z.NEVER;
    }
    return {
      name: entry.id === undefined ? kind.kind : `${kind.kind}:${entry.id}`,
      kind: kind.kind,
      assets: entry.assets,
      except: entry.except,
      severity: entry.severity,
      actions: entry.actions,
      configuration: parsed.data,
    };
  });
  return z
    .array(one)
    .max(MAX_RULES)
    .superRefine((rules, context) => {
      const seen = new Set<string>();
      rules.forEach(({ name }, index) => {
        if (seen.has(name))
          context.addIssue({
            code: 'custom',
            path: [index, 'id'],
            message: `"${name}" is already taken: give each rule of one kind its own id`,
          });
        seen.add(name);
      });
    });
}

/** The schema of the `rules` part of a gateway's configuration. */
export const ruleConfigurations = ruleConfigurationsOf(catalog);

/** Every kind once, as it comes: what a gateway runs that says nothing about rules. */
export const everyRule = (): RuleConfiguration[] =>
  ruleConfigurations.parse(catalog.map(({ kind }) => ({ rule: kind })));

/** Short name of a configuration: a kept state remembers under which it was made. */
export const fingerprintOf = (configuration: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(configuration) ?? '')
    .digest('hex')
    .slice(0, 16);
