import type { Clock } from '../../devices/model/clock.ts';
import type { Reading } from '../../devices/profiles/profile.ts';
import { Camera, type CameraOptions } from '../drivers/onvif/camera.ts';
import type { CameraDescription } from '../drivers/onvif/camera-session.ts';
import type { CertificateTrust } from '../drivers/onvif/certificate-trust.ts';
import { atCamera } from '../drivers/onvif/request.ts';
import { fetchSnapshot } from '../drivers/onvif/snapshot.ts';
import type { CameraConfiguration } from './configuration.ts';
import type { Decoder } from './decoder.ts';
import type { GreyFrame } from './grey-frame.ts';
import { reconnected, turned, type WatchReason, watch, watchFrom } from './picture-watch.ts';
import { type RecentPicture, RecentPictures } from './recent-pictures.ts';
import { type Role, type RoleHealth, roleReading } from './roles.ts';
import { RtspSource } from './rtsp-source.ts';
import { SnapshotSource } from './snapshot-source.ts';
import type { PictureSource, SourceListener } from './source.ts';

/** A streamed picture older than this is no picture of now, real ms. */
const FRESH_MS = 5_000;

export interface SiteCameraOptions {
  configuration: CameraConfiguration;
  password: string;
  /** The certificate that it is held to, by HTTPS. */
  trust: CertificateTrust;
  clock: Clock;
  decoder: Decoder;
  /** What the camera's own driver tells about its connection. */
  onvif: Pick<
    CameraOptions,
    | 'isClockSet'
    | 'leftBehind'
    | 'onSubscription'
    | 'onDescribed'
    | 'onStarted'
    | 'onHeard'
    | 'onUnreadable'
    | 'onTrouble'
  >;
  /** What the gateway itself finds out about the camera. */
  onFound(readings: Reading[]): void;
  onTrouble(message: string): void;
  signal: AbortSignal;
}

/** One camera of the site: its events, its pictures and the watch on them, each alive or dead by itself. */
export class SiteCamera {
  readonly #options: SiteCameraOptions;
  readonly #camera: Camera | undefined;
  readonly #source: PictureSource | undefined;
  readonly #recent = new RecentPictures();
  readonly #health = new Map<Role, RoleHealth>();
  #description: CameraDescription | undefined;
  #uri: string | undefined;
  /** Some addresses are good once only: after a failure the camera is asked again. */
  #isUriDoubtful = true;
  #watch = watchFrom(performance.now());
  #isLooking = false;

  constructor(options: SiteCameraOptions) {
    this.#options = options;
    const { configuration, password, trust, onvif, signal } = options;
    const { host, port, secure, username, events, asset, picture } = configuration;
    if (host !== undefined) {
      this.#camera = new Camera(
        {
          ...{ asset, host, port, secure, username, password, trust, events },
          ...onvif,
          onDescribed: (description) => {
            this.#description = description;
            onvif.onDescribed(description);
          },
          onTrouble: (trouble, detail) => {
            this.#health.set('events', {
              role: 'events',
              works: trouble === undefined,
              ...(trouble === undefined ? {} : { why: `${trouble}: ${detail}` }),
            });
            onvif.onTrouble(trouble, detail);
          },
        },
        signal,
      );
    }
    const listener = this.#listener(picture.source === 'rtsp' ? 'stream' : 'snapshot');
    if (picture.source === 'snapshot') {
      const fetch = async () => {
        const uri = await this.#pictureUri();
        if (uri === undefined) return undefined;
        return fetchSnapshot(uri, { username, password, trust }, signal).catch((error: unknown) => {
          this.#isUriDoubtful = true;
          throw error;
        });
      };
      this.#source = new SnapshotSource({ ...listener, fetch, everyMs: picture.everyMs, signal });
    } else if (picture.source === 'rtsp') {
      this.#source = new RtspSource({
        ...listener,
        uri: () => this.#pictureUri(),
        ...{ username, password, signal },
      });
    }
  }

  start(): void {
    void this.#camera?.run();
    void this.#source?.run();
  }

  get configuration(): CameraConfiguration {
    return this.#options.configuration;
  }

  get health(): RoleHealth[] {
    return [...this.#health.values()];
  }

  get description(): CameraDescription | undefined {
    return this.#description;
  }

  get clockOffsetMs(): number | undefined {
    return this.#camera?.clockOffsetMs;
  }

  get trust(): CertificateTrust {
    return this.#options.trust;
  }

  /** The gateway's own clock was set. */
  async clockWasSet(): Promise<void> {
    await this.#camera?.clockWasSet();
  }

  /** Why it sees nothing, as the watch found. */
  get reason(): WatchReason | undefined {
    return this.#watch.sees === false ? this.#watch.reason : undefined;
  }

  get newestPicture(): RecentPicture | undefined {
    return this.#recent.newest;
  }

  /** The last pictures from a moment on, oldest first; undefined where it brings none. */
  recent(sinceMs: number): readonly RecentPicture[] | undefined {
    return this.#source === undefined ? undefined : this.#recent.since(sinceMs);
  }

  /** A JPEG of now. @throws Error that says why there is none */
  async picture(): Promise<Uint8Array> {
    const { configuration, password, trust, signal } = this.#options;
    const { picture, username } = configuration;
    if (this.#camera?.isConnected && !(picture.source === 'snapshot' && picture.url !== undefined))
      return this.#camera.picture();
    const uri = picture.source === 'snapshot' ? await this.#pictureUri() : undefined;
    if (uri !== undefined) return fetchSnapshot(uri, { username, password, trust }, signal);
    const newest = this.#recent.newest;
    if (newest !== undefined && performance.now() - newest.atMs <= FRESH_MS) return newest.jpeg;
    throw new Error(`the camera ${configuration.asset} brings no picture`);
  }

  /** Turns to a preset; that the scene is another one then is no news. @returns its name */
  async goTo(preset: string): Promise<string> {
    const name = await this.#onvif().goTo(preset);
    this.#watch = turned(this.#watch, performance.now());
    return name;
  }

  presets() {
    return this.#onvif().presets();
  }

  #onvif(): Camera {
    if (this.#camera === undefined)
      throw new Error(`${this.#options.configuration.asset} is a source of pictures and nothing else`);
    return this.#camera;
  }

  /** Asked of the camera once: its pictures go on when its events are dead. Undefined before it was reached. */
  async #pictureUri(): Promise<string | undefined> {
    const { picture, host, port } = this.#options.configuration;
    if (picture.url !== undefined) return picture.url;
    if (this.#isUriDoubtful && this.#camera?.isConnected) {
      const uri =
        picture.source === 'rtsp' ? await this.#camera.streamUri() : await this.#camera.snapshotUri();
      this.#uri = host === undefined ? uri : atCamera(uri, { host, port });
      this.#isUriDoubtful = false;
    }
    return this.#uri;
  }

  #listener(role: Role): SourceListener {
    const { clock, configuration, onFound, onTrouble } = this.#options;
    const isAlone = this.#camera === undefined;
    const tell = (works: boolean) =>
      onFound([
        roleReading(role, works),
        ...(isAlone
          ? [
              {
                type: 'state',
                part: 'online',
                property: 'online',
                value: works ? 'online' : 'offline',
              } as const satisfies Reading,
            ]
          : []),
      ]);
    return {
      onWorking: () => {
        this.#watch = reconnected(this.#watch, performance.now());
        this.#health.set(role, { role, works: true });
        tell(true);
      },
      onFailed: (why) => {
        this.#isUriDoubtful = true;
        this.#health.set(role, { role, works: false, why });
        onTrouble(`camera ${configuration.asset}, ${role}: ${why}`);
        tell(false);
      },
      onJpeg: (jpeg) => {
        this.#recent.push({ jpeg, takenAt: clock.now(), atMs: performance.now() });
        if (role === 'snapshot') void this.#lookAt(jpeg);
      },
      onGrey: (frame) => this.#look(frame),
    };
  }

  /** One at a time: where the machine is busy, some pictures go unwatched. */
  async #lookAt(jpeg: Uint8Array): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.#look(await this.#options.decoder.grey(jpeg));
    } catch (error) {
      const { signal, onTrouble, configuration } = this.#options;
      if (!signal.aborted)
        onTrouble(`camera ${configuration.asset}: a picture could not be looked at: ${String(error)}`);
    } finally {
      this.#isLooking = false;
    }
  }

  #look(frame: GreyFrame): void {
    const { signal, configuration, onFound } = this.#options;
    if (signal.aborted) return;
    const before = this.#watch;
    this.#watch = watch(before, frame, performance.now(), configuration.picture.ignore);
    const { sees, reason } = this.#watch;
    if (sees === undefined || (sees === before.sees && reason === before.reason)) return;
    onFound([
      {
        type: 'state',
        part: 'picture:watch',
        property: 'picture',
        value: sees ? 'visible' : 'obscured',
        ...(reason === undefined ? {} : { facts: { reason } }),
      },
    ]);
  }
}
