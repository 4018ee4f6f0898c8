/** The nine monitors, opened: what of them runs in the detector, what beside it, and their switches. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { discardChanges, Trail } from '../audit/trail.ts';
import type { CloudConfiguration } from '../config.ts';
import type { Detector } from '../detector.ts';
import { IdentityBridge } from '../identity-bridge/bridge.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { IntegrityWatch } from '../integrity/watch.ts';
import { lookingUnless, partsBeside } from '../monitors/parts-beside.ts';
import { openSigma } from '../monitors/sigma-folder.ts';
import type { AnyStandingMonitor } from '../monitors/standing.ts';
import { Switchboard } from '../monitors/switchboard.ts';
import { inForceSince, Policies } from '../policy/policies.ts';
import type { Store } from '../store/store.ts';

export interface MonitorsParts {
  configuration: CloudConfiguration;
  state: string;
  store: Store;
  registry: Registry;
  clock: Clock;
  log: Logger;
  commit(observations: readonly Observation[], detections: readonly Detection[]): Promise<void>;
  /** Worked off from its end when the cloud ends. */
  closing: (() => Promise<void> | void)[];
}

/** The nine, not at work yet: `start` them when the detector has begun. */
export type OpenMonitors = Awaited<ReturnType<typeof openMonitors>>;

export async function openMonitors({
  configuration,
  state,
  store,
  registry,
  clock,
  log,
  commit,
  closing,
}: MonitorsParts) {
  const { resolve } = configuration;
  const trail = configuration.audit.enabled
    ? await Trail.open({
        store,
        clock,
        settings: configuration.audit,
        state,
        resolve,
        configuration: [
          { name: 'configuration', file: configuration.file },
          { name: 'registry', file: configuration.registryFile },
        ],
        onProblem: (message) => log.error({ message }, 'the audit trail stands still'),
      })
    : undefined;
  // What was stored last is written down before the store closes; what can't be waits in it.
  if (trail !== undefined) closing.push(() => trail.drain().catch(() => undefined));
  const sigma = openSigma({ configuration: { ...configuration, registry }, store, clock, log });
  const policies = new Policies(configuration.policies, {
    registry,
    inForce: inForceSince(join(state, 'policies.json'), configuration.policies, clock.now()),
    now: clock.now(),
  });
  const recallPolicies = () => policies.recall((kind, limit) => store.observations({ kinds: [kind], limit }));
  recallPolicies();
  const switchboard = new Switchboard({
    store,
    clock,
    off: configuration.toolkit.off,
    policyKinds: () => policies.observes,
  });
  await switchboard.open();
  const integrity =
    configuration.integrity === undefined
      ? undefined
      : new IntegrityWatch({
          settings: configuration.integrity,
          registry,
          clock,
          file: join(state, 'integrity.json'),
          resolve,
          commit: (observations) => commit(observations, []),
          onTrouble: (trouble) => log.error({ trouble }, 'integrity'),
        });
  const identityBridge = configuration.identityBridge.enabled
    ? new IdentityBridge({
        settings: configuration.identityBridge,
        folder: join(state, 'identity-bridge'),
        registry,
        clock,
        commit,
      })
    : undefined;
  const standing: AnyStandingMonitor[] = configuration.policies.length === 0 ? [] : [policies.asMonitor()];
  return {
    trail,
    sigma: sigma?.monitor,
    policies,
    switchboard,
    integrity,
    identityBridge,
    /** What the detector runs besides those of the catalog. */
    standing,
    observed(observations: readonly Observation[]): void {
      switchboard.observed(observations);
      integrity?.heard(observations);
    },
    /** The registry is another: what rests on it begins anew. */
    renewed(): void {
      sigma?.monitor.forget();
      policies.forget();
      recallPolicies();
    },
    /** Begins what is on, until the signal. */
    async start(detector: Detector, ingest: Ingest, ended: AbortSignal): Promise<void> {
      sigma?.start(ended, () => detector.wake());
      const looking = integrity === undefined ? undefined : lookingUnless(ended, integrity);
      if (switchboard.isOn('application-integrity')) looking?.switch(true);
      closing.push(async () => looking?.done());
      if (trail === undefined) discardChanges(store, configuration.audit.everyMs, ended);
      else trail.start(ended);
      const { gateways } = configuration;
      await switchboard.attach(
        partsBeside({ trail, identityBridge, integrity, looking, policies, ingest, gateways }),
      );
    },
  };
}
