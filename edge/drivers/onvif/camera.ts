import { setTimeout as delay } from 'node:timers/promises';
import { readNotice } from '../../../devices/onvif/topics.ts';
import type { Heard, Reading } from '../../../devices/profiles/profile.ts';
import { type CameraAccess, type CameraSession, isRefusal, openCamera } from './client.ts';
import { fetchSnapshot } from './snapshot.ts';

/** First wait after a fault, and the longest, real ms. */
const RETRY_AFTER_MS = 1_000;
const RETRY_AT_MOST_MS = 30_000;

export type CameraTrouble = 'unreachable' | 'refused';

export interface CameraOptions extends CameraAccess {
  /** Asset that this camera is. */
  asset: string;
  /** The subscription of an earlier life, which ended without giving it back; a camera has few of them. */
  leftBehind?: string;
  /** To be remembered for the next life; undefined: given back. */
  onSubscription(subscription: string | undefined): void;
  /** What the camera says, as any device does. `isState`: known at connection, not news. */
  onHeard(heard: Heard, isState: boolean): void;
  /** Told when trouble begins, with its cause in words; undefined when it is over. */
  onTrouble(trouble: CameraTrouble | undefined, detail: string): void;
}

/** The name a camera has before it told its own: its address, which may change. */
export const cameraAddress = (asset: string): string => `onvif:${asset}`;

/** One ONVIF camera: connects, proves the password, listens, reconnects, and takes pictures on demand. */
export class Camera {
  readonly #options: CameraOptions;
  readonly #signal: AbortSignal;
  #session: CameraSession | undefined;
  #trouble: CameraTrouble | undefined;
  #gaveBack = false;

  constructor(options: CameraOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Runs until the signal; never rejects. */
  async run(): Promise<void> {
    let waitMs = RETRY_AFTER_MS;
    while (!this.#signal.aborted) {
      try {
        // A new session measures the camera's clock again, which a reboot may have changed.
        const session = await openCamera(this.#options);
        await this.#giveBack(session);
        this.#options.onSubscription(await session.subscribe());
        this.#session = session;
        this.#recovered(session);
        waitMs = RETRY_AFTER_MS;
        await this.#listen(session);
      } catch (error) {
        this.#failed(error);
      }
      this.#session = undefined;
      await delay(waitMs, undefined, { signal: this.#signal }).catch(() => {});
      waitMs = Math.min(waitMs * 2, RETRY_AT_MOST_MS);
    }
  }

  /** A JPEG of now. */
  async picture(): Promise<Uint8Array> {
    if (this.#session === undefined) throw new Error(`the camera ${this.#options.asset} is not connected`);
    return fetchSnapshot(await this.#session.snapshotUri(), this.#options, this.#signal);
  }

  async #listen(session: CameraSession): Promise<void> {
    const stopped = new Promise<undefined>((resolve) => {
      this.#signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    let lastExpiry: number | undefined;
    while (!this.#signal.aborted) {
      const pulled = await Promise.race([session.pull(), stopped]);
      if (pulled === undefined) break;
      for (const notice of pulled.notices) {
        const read = readNotice(notice);
        if (read !== undefined) this.#say([read.reading], read.isState);
      }
      // Pulling keeps most subscriptions alive; where the end does not move, the camera wants to be asked.
      if (pulled.expiresAt !== undefined && pulled.expiresAt === lastExpiry) await session.renew();
      lastExpiry = pulled.expiresAt;
    }
    // A subscription left behind is one of the few that a camera has.
    await session.unsubscribe().then(
      () => this.#options.onSubscription(undefined),
      () => {},
    );
  }

  /** Once; a camera that has forgotten it by itself is content, too. */
  async #giveBack(session: CameraSession): Promise<void> {
    const { leftBehind } = this.#options;
    if (leftBehind === undefined || this.#gaveBack) return;
    this.#gaveBack = true;
    await session.leave(leftBehind).catch(() => {});
  }

  #recovered(session: CameraSession): void {
    this.#trouble = undefined;
    this.#options.onTrouble(undefined, `${session.description.model} ${session.description.serial}`);
    this.#say([{ type: 'state', part: 'online', property: 'online', value: 'online' }], false);
  }

  #failed(error: unknown): void {
    if (this.#signal.aborted) return;
    const trouble: CameraTrouble = isRefusal(error) ? 'refused' : 'unreachable';
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#options.onTrouble(trouble, error instanceof Error ? error.message : String(error));
    this.#say([{ type: 'state', part: 'online', property: 'online', value: 'offline' }], false);
  }

  #say(readings: Reading[], isState: boolean): void {
    this.#options.onHeard({ device: cameraAddress(this.#options.asset), readings }, isState);
  }
}
