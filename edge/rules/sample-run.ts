import type { Observation } from '../../devices/model/observation.ts';
import { ruleConfigurationsOf } from './configuration.ts';
import { RuleEngine } from './engine.ts';
import type { AnyRuleKind, Detection, RuleContext, RuleSample } from './rule.ts';
import { sampleRegistry, sampleSiteId } from './sample-site.ts';

/** The context of a sample where it says nothing: a working day, nothing armed. */
const plainDay: Omit<RuleContext, 'now' | 'registry'> = { armingMode: 'disarmed', isOpen: true };

/** A sample's observations in full: recorded as the gateway would have recorded them. */
export const sampleObservations = (sample: Pick<RuleSample, 'observations'>): Observation[] =>
  sample.observations.map((given, index) => ({
    id: `gateway-1/sample01/${index + 1}`,
    site: sampleSiteId,
    source: `sample:${given.asset}`,
    receivedAt: given.observedAt,
    clock: 'set',
    ...given,
  }));

/** Runs a sample through an engine that has this one rule. */
export function runSample(kind: AnyRuleKind, sample: RuleSample): Detection[] {
  const engine = new RuleEngine({
    site: sampleSiteId,
    registry: sampleRegistry,
    rules: ruleConfigurationsOf([kind]).parse([{ rule: kind.kind, ...sample.configuration }]),
    kept: new Map(),
    keep: () => undefined,
    forget: () => undefined,
    kinds: [kind],
  });
  const contextAt = (now: number): RuleContext => ({
    ...plainDay,
    ...sample.context,
    now,
    registry: sampleRegistry,
  });
  const detections: Detection[] = [];
  for (const observation of sampleObservations(sample))
    detections.push(...engine.observe(observation, contextAt(observation.observedAt)).detections);
  if (sample.until !== undefined) detections.push(...engine.wake(sample.until, contextAt).detections);
  return detections;
}
