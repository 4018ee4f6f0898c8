import { createSocket, type Socket } from 'node:dgram';
import { appendFile } from 'node:fs/promises';
import type { Clock } from '../../devices/model/clock.ts';

/** The shop's server: sends its messages by syslog (RFC 5424 over UDP), as rsyslog would. */
export class SyslogHost {
  readonly #socket: Socket = createSocket('udp4');
  readonly #options: { host: string; port: number; clock: Clock };

  constructor(options: { host: string; port: number; clock: Clock }, signal: AbortSignal) {
    this.#options = options;
    this.#socket.unref();
    signal.addEventListener('abort', () => this.#socket.close(), { once: true });
  }

  /** `facility` 10 is authpriv, `severity` 6 is informational (RFC 5424, section 6.2.1). */
  send(program: string, processId: number, message: string, facility = 10, severity = 6): void {
    const { host, port, clock } = this.#options;
    const priority = facility * 8 + severity;
    const line = `<${priority}>1 ${new Date(clock.now()).toISOString()} ${host} ${program} ${processId} - - ${message}`;
    this.#socket.send(line, port, '127.0.0.1');
  }
}

/** The shop's network sensor: a line of EVE JSON for each alert, as Suricata writes it. */
export class NetworkSensor {
  readonly #file: string;
  readonly #clock: Clock;
  #flow = 1_000_000;

  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  async alert(
    source: string,
    destination: string,
    signature: { id: number; name: string; category: string; severity: 1 | 2 | 3; port?: number },
  ): Promise<void> {
    const line = {
      timestamp: new Date(this.#clock.now()).toISOString().replace('Z', '000+0000'),
      flow_id: this.#flow++,
      event_type: 'alert',
      src_ip: source,
      src_port: 40_000 + (this.#flow % 20_000),
      dest_ip: destination,
      dest_port: signature.port ?? 443,
      proto: 'TCP',
      alert: {
        action: 'allowed',
        gid: 1,
        signature_id: signature.id,
        rev: 1,
        signature: signature.name,
        category: signature.category,
        severity: signature.severity,
      },
    };
    await appendFile(this.#file, `${JSON.stringify(line)}\n`);
  }
}
