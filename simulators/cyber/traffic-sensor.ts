import type { Clock } from '../../devices/model/clock.ts';
import { LogFile } from './logged-server.ts';

export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly service?: string;
  readonly bytesOut?: number;
  readonly bytesIn?: number;
}

/** A network sensor at a branch's switch: a line of JSON for each connection, as Zeek writes conn.log. */
export class TrafficSensor {
  readonly #log: LogFile;
  readonly #clock: Clock;
  #number = 0;

  constructor(file: string, clock: Clock) {
    this.#log = new LogFile(file);
    this.#clock = clock;
  }

  connection({ from, to, port, service = 'ssl', bytesOut = 1_200, bytesIn = 5_400 }: Connection): void {
    const number = ++this.#number;
    this.#log.json({
      _path: 'conn',
      ts: this.#clock.now() / 1_000,
      uid: `C${number.toString(36).padStart(10, '0')}`,
      'id.orig_h': from,
      'id.orig_p': 40_000 + (number % 20_000),
      'id.resp_h': to,
      'id.resp_p': port,
      proto: 'tcp',
      service,
      duration: 0.8,
      orig_bytes: bytesOut,
      resp_bytes: bytesIn,
      conn_state: 'SF',
    });
  }
}
