import type { BrokerAddress } from './line.ts';
import { Line } from './line.ts';

interface Review {
  id: string;
  camera: string;
  startedAt: number;
  severity: 'detection' | 'alert';
}

/** Frigate with its cameras: what it says itself, retained as the real one retains it. */
export class SimulatedFrigate {
  /** Its clock goes so much wrong. */
  clockOffsetMs = 0;
  readonly #line: Line;
  readonly #cameras: readonly string[];
  readonly #reviews = new Map<string, Review>();
  #count = 0;

  constructor(broker: BrokerAddress, cameras: readonly string[], signal: AbortSignal) {
    this.#cameras = cameras;
    this.#line = new Line(
      {
        broker,
        clientId: 'frigate',
        will: { topic: 'frigate/available', payload: 'offline' },
        birth: [
          { topic: 'frigate/available', payload: 'online' },
          ...cameras.map((camera) => ({ topic: `frigate/${camera}/status/detect`, payload: 'online' })),
        ],
      },
      signal,
    );
    // Only when it starts: a connection that comes back repeats nothing.
    for (const camera of cameras) this.#sayStatus(camera);
  }

  /** Somebody comes into the picture; the review's id. */
  begin(camera: string, severity: Review['severity'] = 'detection'): string {
    this.#count++;
    const id = `${1_718_987_129 + this.#count}.308396-${this.#count.toString(36).padStart(6, '0')}`;
    const review = { id, camera, startedAt: this.#seconds(), severity };
    this.#reviews.set(id, review);
    this.#sayReview('new', review);
    this.#sayStatus(camera);
    return id;
  }

  /** Another picture of the same; it may turn out to be more serious. */
  update(id: string, severity?: Review['severity']): void {
    const review = this.#reviews.get(id);
    if (review === undefined) return;
    if (severity !== undefined) review.severity = severity;
    this.#sayReview('update', review);
    this.#sayStatus(review.camera);
  }

  end(id: string): void {
    const review = this.#reviews.get(id);
    if (review === undefined) return;
    this.#reviews.delete(id);
    this.#sayReview('end', review);
    this.#sayStatus(review.camera);
  }

  /** A role of a camera: `offline` where its stream has stopped. */
  role(camera: string, role: string, says: 'online' | 'offline' | 'disabled'): void {
    this.#line.say(`frigate/${camera}/status/${role}`, says, { retain: true });
  }

  /** It starts anew: reviews are forgotten, and nobody tells of their end. */
  restart(): void {
    this.#reviews.clear();
    this.#line.say('frigate/available', 'offline', { retain: true });
    this.#line.say('frigate/available', 'online', { retain: true });
    for (const camera of this.#cameras) this.#sayStatus(camera);
  }

  /** Anything on any topic: what a broken version might send. */
  raw(topic: string, payload: string, retain = false): void {
    this.#line.say(topic, payload, { retain });
  }

  settled(): Promise<void> {
    return this.#line.settled();
  }

  #sayStatus(camera: string): void {
    const under = [...this.#reviews.values()].filter((review) => review.camera === camera);
    const says = under.some(({ severity }) => severity === 'alert')
      ? 'ALERT'
      : under.length > 0
        ? 'DETECTION'
        : 'NONE';
    this.#line.say(`frigate/${camera}/review_status`, says, { retain: true });
  }

  #sayReview(type: 'new' | 'update' | 'end', { id, camera, startedAt, severity }: Review): void {
    const described = {
      id,
      camera,
      start_time: startedAt,
      end_time: type === 'end' ? this.#seconds() : null,
      severity,
      thumb_path: `/media/frigate/clips/review/thumb-${camera}-${id}.webp`,
      data: { detections: [id], objects: ['person'], sub_labels: [], zones: [], audio: [] },
    };
    this.#line.say('frigate/reviews', JSON.stringify({ type, before: described, after: described }));
  }

  #seconds(): number {
    return (Date.now() + this.clockOffsetMs) / 1_000;
  }
}
