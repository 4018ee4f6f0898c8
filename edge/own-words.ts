/** What a gateway says of itself: that it has started, what became of a command, how it is. */
import type { Clock } from '../devices/model/clock.ts';
import type { Command, CommandOutcome } from '../devices/model/command.ts';
import type { Observation, ObservationKind } from '../devices/model/observation.ts';
import { type GatewayReport, MAX_REPORTED_FACTS } from '../devices/wire.ts';
import type { GatewayConfiguration } from './config.ts';
import type { Panel } from './panel/panel.ts';
import type { NewObservation } from './site/readings.ts';
import type { SiteState } from './site/state.ts';

/** What only the caller knows; the rest the gateway knows of itself. */
export type ReportedBeside = Omit<
  GatewayReport,
  'at' | 'boot' | 'armingMode' | 'armingPhase' | 'devices' | 'facts'
>;

export class OwnWords {
  readonly #configuration: GatewayConfiguration;
  readonly #clock: Clock;

  constructor(configuration: GatewayConfiguration, clock: Clock) {
    this.#configuration = configuration;
    this.#clock = clock;
  }

  /** Where, by whom and when, for everything that the gateway observes itself. */
  get signature(): Pick<NewObservation, 'site' | 'source' | 'receivedAt' | 'clock'> {
    const { gateway } = this.#configuration;
    return {
      site: gateway.site,
      source: `gateway:${gateway.id}`,
      receivedAt: this.#clock.now(),
      clock: this.#clock.quality ?? 'set',
    };
  }

  /** About the gateway itself, or, where the registry has none, its alarm panel. */
  observation(kind: ObservationKind, facts: NonNullable<Observation['facts']>): NewObservation {
    const { gateway, registry, panel } = this.#configuration;
    const own = registry.assetsOf(gateway.site).find((asset) => asset.kind === 'gateway');
    const { signature } = this;
    return { kind, asset: own?.id ?? panel.asset, observedAt: signature.receivedAt, ...signature, facts };
  }

  commandEnded(command: Command, outcome: CommandOutcome, detail: string): NewObservation {
    const kind = outcome === 'confirmed' ? 'command.executed' : 'command.failed';
    const { id, action, asset, issuedBy: by } = command;
    return {
      ...this.observation(kind, { command: id, action, outcome, detail: detail.slice(0, 512), by }),
      asset,
    };
  }

  report(boot: string, beside: ReportedBeside, site: SiteState, panel: Panel): GatewayReport {
    const { gateway, registry } = this.#configuration;
    const { mode: armingMode, phase: armingPhase } = panel.status();
    const facts = registry
      .assetsOf(gateway.site)
      .flatMap(({ id }) => site.assetStates(id).map((fact) => ({ asset: id, ...fact })))
      .slice(0, MAX_REPORTED_FACTS);
    const devices = site.counts();
    return { ...beside, at: this.#clock.now(), boot, armingMode, armingPhase, devices, facts };
  }
}
