/** The gateway's line to the cloud: what it needs from the disk, its commands, and its reports. */
import { readFileSync } from 'node:fs';
import type { Clock } from '../devices/model/clock.ts';
import type { UplinkStatus } from './api/contract.ts';
import type { GatewayConfiguration } from './config.ts';
import type { Gateway } from './gateway.ts';
import type { Health } from './health/health.ts';
import type { DurableOutbox } from './outbox/open.ts';
import { createUplink, type Uplink, type UplinkMetrics } from './outbox/uplink.ts';
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
    const { configuration, outbox, clock, gateway, onTrouble } = this.#parts;
    const settings = configuration.uplink;
    if (settings === undefined) return;
    let token: string;
    let ca: Buffer | undefined;
    try {
      token = readFileSync(configuration.resolve(settings.tokenFile), 'utf8').trim();
      if (settings.caFile !== undefined) ca = readFileSync(configuration.resolve(settings.caFile));
    } catch (error) {
      onTrouble(`uplink: ${error instanceof Error ? error.message : String(error)}`);
      setTimeout(() => this.#open(), FILES_AGAIN_MS).unref();
      return;
    }
    this.#uplink = createUplink(
      {
        gateway: configuration.gateway.id,
        token,
        ...(ca === undefined ? {} : { ca }),
        ...(settings.mqtt === undefined ? {} : { mqttUrl: settings.mqtt }),
        ...(settings.https === undefined ? {} : { httpsUrl: settings.https }),
      },
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
