import { readFileSync } from 'node:fs';
import type { Command } from '../../../devices/model/command.ts';
import type { DriversOptions } from '../options.ts';
import { Camera, cameraAddress } from './camera.ts';

/** Pictures being fetched at once; a storm of alarms must not hold the cameras up. */
const MAX_PICTURES_UNDER_WAY = 8;

/** Subscriptions are kept under this prefix, by asset. */
const SUBSCRIPTION_PREFIX = 'camera-subscription/';

/** All cameras of a site: what they say goes to the gateway, pictures are taken on command. */
export class Cameras {
  readonly #options: DriversOptions;
  readonly #cameras = new Map<string, Camera>();
  #underWay = 0;

  constructor(options: DriversOptions, signal: AbortSignal) {
    this.#options = options;
    const { configuration, clock, gateway, outbox, onTrouble } = options;
    const kept = outbox.kept(SUBSCRIPTION_PREFIX);
    for (const { asset, host, port, secure, username, passwordFile } of configuration.cameras) {
      // A camera is its own assignment: it was configured by name.
      if (gateway.site.assignmentOf(cameraAddress(asset)) === undefined) {
        gateway.site.assign({
          device: cameraAddress(asset),
          asset,
          assets: {},
          invert: [],
          treatAs: {},
          doors: {},
        });
      }
      const camera = new Camera(
        {
          asset,
          host,
          port,
          secure,
          username,
          password: readFileSync(configuration.resolve(passwordFile), 'utf8').trim(),
          ...leftBehindIn(kept, asset),
          onSubscription: (subscription) => {
            const key = SUBSCRIPTION_PREFIX + asset;
            // A gateway that is stopping has closed its disk: the camera forgets the subscription by itself.
            if (signal.aborted) return;
            if (subscription === undefined) outbox.forget(key);
            else outbox.keep(key, subscription);
          },
          onHeard: (heard) => {
            // What a camera says at connection is so now, unlike a broker's retained message, which may be old:
            // compared with what was known, a lens that went dark meanwhile is news; where nothing was known, not.
            const arrival = { retained: false, receivedAt: clock.now() };
            gateway
              .hear([{ heard, profile: 'onvif', arrival }])
              .catch((error: unknown) => onTrouble(String(error)));
          },
          onTrouble: (trouble, detail) => {
            if (trouble !== undefined) onTrouble(`camera ${asset} ${trouble}: ${detail}`);
          },
        },
        signal,
      );
      this.#cameras.set(asset, camera);
    }
  }

  start(): void {
    for (const camera of this.#cameras.values()) void camera.run();
  }

  /** Begins to take a picture; the outcome is told to the gateway's actions. False: no such camera. */
  take(command: Command): boolean {
    const camera = this.#cameras.get(command.asset);
    if (camera === undefined || this.#underWay >= MAX_PICTURES_UNDER_WAY) return false;
    void this.#take(camera, command);
    return true;
  }

  async #take(camera: Camera, command: Command): Promise<void> {
    const { gateway, clock, configuration } = this.#options;
    this.#underWay++;
    try {
      const bytes = await camera.picture();
      await gateway.picture({
        asset: command.asset,
        site: configuration.gateway.site,
        takenAt: clock.now(),
        mediaType: 'image/jpeg',
        base64: Buffer.from(bytes).toString('base64'),
        ...detectionOf(command),
      });
      gateway.actions.done(command.id, `${bytes.length} bytes`);
    } catch (error) {
      gateway.actions.failed(command.id, error instanceof Error ? error.message : String(error));
    } finally {
      this.#underWay--;
    }
  }
}

const leftBehindIn = (kept: ReadonlyMap<string, unknown>, asset: string): { leftBehind?: string } => {
  const subscription = kept.get(SUBSCRIPTION_PREFIX + asset);
  return typeof subscription === 'string' ? { leftBehind: subscription } : {};
};

const detectionOf = ({ detection }: Command) => (detection === undefined ? {} : { detection });
