/** A vehicle on its way: where it is after so much time, from point to point. */
import { distanceM, type GeographicPoint } from '../../../devices/model/geofence.ts';
import type { SimulatedReceiver } from './receiver.ts';

const KMH_PER_KNOT = 1.852;

export class Drive {
  readonly #receiver: SimulatedReceiver;
  #way: GeographicPoint[] = [];
  #kmh = 0;

  constructor(receiver: SimulatedReceiver, from: GeographicPoint) {
    this.#receiver = receiver;
    receiver.latitude = from.latitude;
    receiver.longitude = from.longitude;
  }

  get isMoving(): boolean {
    return this.#way.length > 0;
  }

  /** From where it is over these points, in straight lines. */
  go(way: readonly GeographicPoint[], kmh: number): void {
    this.#way = [...way];
    this.#kmh = kmh;
    this.#receiver.knots = kmh / KMH_PER_KNOT;
  }

  step(elapsedMs: number): void {
    let leftM = (this.#kmh / 3_600) * elapsedMs;
    for (let next = this.#way[0]; next !== undefined && leftM > 0; next = this.#way[0]) {
      const here = { latitude: this.#receiver.latitude, longitude: this.#receiver.longitude };
      const awayM = distanceM(here, next);
      const share = awayM <= leftM ? 1 : leftM / awayM;
      this.#receiver.latitude += (next.latitude - here.latitude) * share;
      this.#receiver.longitude += (next.longitude - here.longitude) * share;
      leftM -= awayM;
      if (share === 1) this.#way.shift();
    }
    if (this.#way.length === 0) this.#receiver.knots = 0;
  }
}
