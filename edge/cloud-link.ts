/** The gateway's line to the cloud: what it needs from the disk, its commands, and its reports. */
import { readFileSync } from 'node:fs';
import type { Clock } from '../devices/model/clock.ts';
import type { UplinkStatus } from './api/contract.ts';
import type { GatewayConfiguration } from './config.ts';
import type { Membership } from './enrolment/membership.ts';
import type { Gateway } from './gateway.ts';
import type { Health } from './health/health.ts';
import type { DurableOutbox } from './outbox/open.ts';
import { createUplink, type Uplink, type UplinkMetrics, type UplinkOptions } from './outbox/uplink.ts';
import type { Quarantine } from './quarantine.ts';

/** The gateway says this often how it is, by the site's clock, while the cloud listens. */
export const REPORT_EVERY_MS = 60_000;
/** A token or certificate that can't be read is tried again after this, in real time. */
const FILES_AGAIN_MS = 15_000;

export interface CloudLinkParts {
  configuration: GatewayConfiguration;
  clock: Clock;
  outbox: DurableOutbox;
  quarantine: Quarantine;
  gateway: Gateway;
  health: Pick<Health, 'report'>;
  /** Where this gateway has joined a cloud: in place of addresses and tokens of the configuration. */
  membership?: Membership | undefined;
  onChanged(): void;
  onTrouble(message: string): void;
}

/** Never in the way of the site: without its files there is no cloud yet, and everything else goes on. */
export class CloudLink {
  readonly #parts: CloudLinkParts;
  readonly #signal: AbortSignal;
  readonly #since: number;
  #uplink: Uplink | undefined;
  #connected = false;
  #reported = '';
  #reporting = false;
  #cancelReport: () => void = () => {};

  constructor(parts: CloudLinkParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
    this.#since = parts.clock.now();
    signal.addEventListener('abort', () => this.#cancelReport(), { once: true });
    this.#open();
  }

  status(): UplinkStatus {
    if (this.#uplink !== undefined) return this.#uplink.status();
    const { outbox } = this.#parts;
    const waiting = { alarm: outbox.progress('alarm').waiting, bulk: outbox.progress('bulk').waiting };
    return { connected: false, via: 'none', since: this.#since, waiting };
  }

  metrics(): UplinkMetrics | undefined {
    return this.#uplink?.metrics();
  }

  /** Something at the site has changed: what the desk should know at once is reported at once. */
  changed(): void {
    if (this.#connected && this.#reported !== this.#armed()) this.#report();
  }

  #open(): void {
    if (this.#signal.aborted) return;
    const { outbox, clock, gateway, onTrouble } = this.#parts;
    const address = this.#address();
    if (address === undefined) return;
    this.#uplink = createUplink(
      address,
      {
        outbox,
        clock,
        onCommand: (command) => {
          gateway.command(command).catch((error: unknown) => onTrouble(`command: ${String(error)}`));
        },
        onStatus: ({ connected }) => this.#status(connected),
        onTrouble,
      },
      this.#signal,
    );
  }

  /** Undefined where there is none, or none yet. */
  #address(): UplinkOptions | undefined {
    const { configuration, membership, onTrouble } = this.#parts;
    const gateway = configuration.gateway.id;
    if (membership !== undefined)
      return {
        gateway,
        token: '',
        connect: (address, signal) => membership.connect(address, signal),
        ...membership.addresses,
      };
    const settings = configuration.uplink;
    if (settings === undefined) return undefined;
    try {
      const token = readFileSync(configuration.resolve(settings.tokenFile), 'utf8').trim();
      const { caFile, mqtt, https } = settings;
      return {
        gateway,
        token,
        ...(caFile === undefined ? {} : { ca: readFileSync(configuration.resolve(caFile)) }),
        ...(mqtt === undefined ? {} : { mqttUrl: mqtt }),
        ...(https === undefined ? {} : { httpsUrl: https }),
      };
    } catch (error) {
      onTrouble(`uplink: ${error instanceof Error ? error.message : String(error)}`);
      setTimeout(() => this.#open(), FILES_AGAIN_MS).unref();
      return undefined;
    }
  }

  #status(connected: boolean): void {
    const isNew = connected && !this.#connected;
    this.#connected = connected;
    this.#parts.onChanged();
    if (!connected) this.#cancelReport();
    // In the next turn: the uplink tells its status while it is being made.
    else if (isNew) setImmediate(() => this.#report());
  }

  #armed(): string {
    // With every message: not the panel's whole status, which looks at every door.
    const { mode, phase } = this.#parts.gateway.panel;
    return `${mode} ${phase}`;
  }

  #report(): void {
    if (this.#signal.aborted || this.#reporting || !this.#connected) return;
    const { gateway, outbox, quarantine, health, clock, onTrouble } = this.#parts;
    this.#cancelReport();
    this.#reported = this.#armed();
    this.#reporting = true;
    const waiting = { alarm: outbox.progress('alarm').waiting, bulk: outbox.progress('bulk').waiting };
    gateway
      .report({ waiting, quarantined: quarantine.total, health: health.report() })
      .catch((error: unknown) => onTrouble(`report: ${String(error)}`))
      .finally(() => {
        this.#reporting = false;
        if (!this.#signal.aborted && this.#connected)
          this.#cancelReport = clock.schedule(REPORT_EVERY_MS, () => this.#report());
      });
  }
}
