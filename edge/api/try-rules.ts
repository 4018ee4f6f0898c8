/** What other rules would have raised: the gateway reads its own log and runs it through them. Nothing is changed. */
import { readFileSync } from 'node:fs';
import { setImmediate as pause } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../../devices/configuration.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { type GatewayConfiguration, readGatewayConfiguration } from '../config.ts';
import type { DurableOutbox } from '../outbox/open.ts';
import { observationOfLine, Replay } from '../replay.ts';
import { kindOfRule, type RuleConfiguration, ruleConfigurations } from '../rules/configuration.ts';
import type { RulesTrial, TriedDetection } from './contract.ts';

/** Observations of one trial; beyond, the oldest are left out and that is said. */
export const MAX_TRIED = 200_000;
/** Detections that one answer names, of each side. */
const MAX_NAMED = 60;
const READ_AT_ONCE = { records: 2_000, bytes: 2 * 1024 * 1024 };
/** The doors come first: after so many observations the gateway looks at what has arrived meanwhile. */
const AT_ONCE = 500;

/** @throws ConfigurationError that names the line */
export const rulesIn = (text: string): readonly RuleConfiguration[] =>
  parseConfiguration(ruleConfigurations, text, 'rules');

/** The rules of the file as it is now: a changed file is taken while the gateway runs. */
export function rulesInForce({ file, rules }: GatewayConfiguration): RuleConfiguration[] {
  try {
    return readGatewayConfiguration(file).rules;
  } catch {
    // A broken file is refused, and the rules from before stay in force.
    return rules;
  }
}

/** The rules as text that one can change: as they stand in the file, else every rule by its name. */
export function rulesText(file: string, rules: readonly RuleConfiguration[]): string {
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch {
    document = undefined;
  }
  const written = z.looseObject({ rules: z.array(z.unknown()) }).safeParse(document);
  return stringify(written.success ? written.data.rules : rules.map(({ kind }) => ({ rule: kind })), {
    lineWidth: 96,
  });
}

/** What the log has since then, in the order in which it was recorded. */
async function recorded(
  outbox: DurableOutbox,
  from: number,
): Promise<{ seen: Observation[]; isWhole: boolean }> {
  const seen: Observation[] = [];
  let isWhole = true;
  for (const lane of ['bulk', 'alarm'] as const) {
    for (let after = 0; ; ) {
      const records = await outbox.read(lane, after, READ_AT_ONCE);
      const last = records.at(-1)?.sequence;
      if (last === undefined) break;
      for (const { json } of records) {
        const read = json.includes('"observation"') ? observationOfLine(json) : undefined;
        if (typeof read === 'object' && read.receivedAt >= from) seen.push(read);
      }
      after = last;
      if (seen.length > MAX_TRIED) {
        isWhole = false;
        seen.splice(0, seen.length - MAX_TRIED);
      }
    }
  }
  return { seen: seen.sort((a, b) => a.receivedAt - b.receivedAt), isWhole };
}

async function raised(
  seen: readonly Observation[],
  rules: readonly RuleConfiguration[],
  { registry, gateway }: GatewayConfiguration,
  until: number,
): Promise<{ detections: Detection[]; troubles: string[] }> {
  const run = new Replay({ site: gateway.site, registry, rules, until });
  const detections = new Map<string, Detection>();
  const take = (made: readonly Detection[]) => {
    // The same one again, with more to it, is one alarm.
    for (const detection of made) detections.set(detection.id, detection);
  };
  for (let start = 0; start < seen.length; start += AT_ONCE) {
    for (const each of seen.slice(start, start + AT_ONCE)) take(run.feed(each));
    await pause();
  }
  take(run.end());
  return { detections: [...detections.values()], troubles: run.troubles() };
}

/** @throws RangeError where a rule names what does not exist */
export async function tryRules(
  outbox: DurableOutbox,
  configuration: GatewayConfiguration,
  changed: readonly RuleConfiguration[],
  { from, now }: { from: number; now: number },
): Promise<RulesTrial> {
  const { seen, isWhole } = await recorded(outbox, from);
  const present = await raised(seen, configuration.rules, configuration, now);
  const after = await raised(seen, changed, configuration, now);
  // Named by what set them off, not by the rule's own number: a rule that was given another name is the same alarm.
  const keyOf = ({ rule, at, assets }: Detection) => `${kindOfRule(rule)} ${at} ${assets.join(' ')}`;
  const [before, later] = [present, after].map(({ detections }) => new Set(detections.map(keyOf)));
  const name = (id: string) => configuration.registry.asset(id)?.name ?? id;
  const named = ({ at, rule, severity, summary, assets }: Detection): TriedDetection => ({
    at,
    rule,
    severity,
    summary,
    assets: assets.map(name),
  });
  const onlyIn = (all: readonly Detection[], other: ReadonlySet<string> | undefined) =>
    all.filter((each) => other?.has(keyOf(each)) !== true);
  const added = onlyIn(after.detections, before);
  const gone = onlyIn(present.detections, later);
  return {
    from: seen[0]?.receivedAt ?? now,
    to: now,
    observations: seen.length,
    isWhole,
    present: present.detections.length,
    changed: after.detections.length,
    added: added.slice(-MAX_NAMED).reverse().map(named),
    gone: gone.slice(-MAX_NAMED).reverse().map(named),
    moreAdded: Math.max(0, added.length - MAX_NAMED),
    moreGone: Math.max(0, gone.length - MAX_NAMED),
    troubles: after.troubles.slice(0, 20),
  };
}

export { ConfigurationError };
