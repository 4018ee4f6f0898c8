import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../../devices/model/command.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Heard, Reading, StateReading } from '../../devices/profiles/profile.ts';
import { cameraAddress } from '../drivers/onvif/camera.ts';
import type { CameraDescription } from '../drivers/onvif/camera-session.ts';
import { CertificateTrust } from '../drivers/onvif/certificate-trust.ts';
import type { DriversOptions } from '../drivers/options.ts';
import { type AddedCamera, AddedCameras } from './added-cameras.ts';
import { CameraMemory } from './camera-memory.ts';
import type { CameraConfiguration } from './configuration.ts';
import { Decoder } from './decoder.ts';
import { Evidence } from './evidence.ts';
import { type EvidenceSet, EvidenceStore } from './evidence-store.ts';
import { healthyAtFirst } from './roles.ts';
import { SiteCamera } from './site-camera.ts';

/** Pictures being fetched at once; a storm of alarms must not hold the cameras up. */
const MAX_COMMANDS_UNDER_WAY = 8;
/** A picture larger than this does not travel as evidence: as base64 it fits into a record. */
export const MAX_PICTURE_BYTES = 128 * 1024;

/**
 * What lasts: that it changed while nobody listened is news. Motion, fields and inputs that were told at connection are
 * state and nothing else.
 */
const lasting: ReadonlySet<StateReading['property']> = new Set([
  'picture',
  'signal',
  'storage',
  'tamper',
  'contact',
  'lock',
  'fault',
]);

/** All cameras of a site: what they say goes to the gateway, pictures are watched, kept, and taken on command. */
export class Cameras {
  readonly #options: DriversOptions;
  readonly #cameras = new Map<string, SiteCamera>();
  readonly #memory: CameraMemory;
  readonly #signal: AbortSignal;
  readonly #decoder: Decoder;
  readonly #evidence: Evidence;
  readonly store: EvidenceStore;
  readonly #added: AddedCameras;
  /** Ends one camera that was added at the page. */
  readonly #endings = new Map<string, AbortController>();
  #underWay = 0;
  /** Notices of cameras that could not be read, since the start. */
  unreadable = 0;

  constructor(options: DriversOptions, signal: AbortSignal) {
    const { configuration, clock, onTrouble } = options;
    this.#options = options;
    this.#signal = signal;
    this.#decoder = new Decoder(signal);
    this.#memory = new CameraMemory(options.outbox);
    const stateDirectory = configuration.resolve(configuration.gateway.state);
    for (const entry of configuration.cameras)
      this.#cameras.set(entry.asset, this.#open(entry, this.#passwordOf(entry), signal));
    this.#added = new AddedCameras(stateDirectory, onTrouble);
    for (const entry of this.#added.all()) this.#take(entry);
    const { keepMs, maxBytes } = configuration.evidence;
    this.store = new EvidenceStore({
      directory: join(stateDirectory, 'evidence'),
      keepMs,
      maxBytes,
      clock,
      onTrouble,
    });
    this.#evidence = new Evidence({
      configuration: configuration.evidence,
      store: this.store,
      clock,
      registry: configuration.registry,
      recent: (camera, sinceMs) => this.#cameras.get(camera)?.recent(sinceMs),
      onKept: (set) => this.#noteKept(set),
      onTrouble,
      signal,
    });
  }

  start(): void {
    for (const camera of this.#cameras.values()) camera.start();
  }

  all(): SiteCamera[] {
    return [...this.#cameras.values()];
  }

  of(asset: string): SiteCamera | undefined {
    return this.#cameras.get(asset);
  }

  /** When it was added at the page; undefined where it stands in the file. */
  addedAt(asset: string): number | undefined {
    return this.#endings.has(asset) ? this.#added.of(asset)?.addedAt : undefined;
  }

  /** The asset whose camera has this serial number, as far as it was reached. */
  withSerial(serial: string): string | undefined {
    return this.#memory.withSerial(serial).find((asset) => this.#cameras.has(asset));
  }

  /**
   * Puts a camera to use that nobody wrote into the file. It is on disk when this returns, and is being connected to.
   * @throws Error where it can't be kept
   */
  add(wanted: Parameters<AddedCameras['entryFor']>[0], password: string): SiteCamera {
    const entry = {
      camera: this.#added.entryFor(wanted),
      password,
      addedAt: this.#options.clock.now(),
    };
    this.#added.put(entry);
    const camera = this.#take(entry);
    if (camera === undefined) throw new Error(`${wanted.asset} has a camera`);
    camera.start();
    return camera;
  }

  /** A person has looked: what the camera shows now is its certificate. */
  acceptCertificate(asset: string, certificate: string): void {
    const added = this.#added.of(asset);
    if (this.#endings.has(asset) && added !== undefined)
      this.#added.put({ ...added, camera: { ...added.camera, certificate } });
    this.#cameras.get(asset)?.trust.accept(certificate);
  }

  /** Takes one out of use that was added here. False: it stands in the file. */
  remove(asset: string): boolean {
    const ending = this.#endings.get(asset);
    if (ending === undefined) return false;
    const { gateway } = this.#options;
    this.#added.remove(asset);
    ending.abort();
    this.#endings.delete(asset);
    this.#cameras.delete(asset);
    this.#memory.forget(asset);
    gateway.site.unassign(cameraAddress(asset));
    return true;
  }

  /** The gateway's clock was set: what cameras say of theirs can be judged now. */
  clockWasSet(): void {
    for (const camera of this.#cameras.values()) void camera.clockWasSet();
  }

  /** @returns undefined where the file has one for the same asset, or there is no such asset any more */
  #take(entry: AddedCamera): SiteCamera | undefined {
    const { configuration, onTrouble } = this.#options;
    const { asset } = entry.camera;
    if (
      configuration.registry.asset(asset)?.site !== configuration.gateway.site ||
      this.#cameras.has(asset)
    ) {
      onTrouble(`camera ${asset}, added at the page, is not used: the files say otherwise`);
      return undefined;
    }
    const ending = new AbortController();
    const signal = AbortSignal.any([this.#signal, ending.signal]);
    const camera = this.#open(entry.camera, entry.password, signal);
    this.#cameras.set(asset, camera);
    this.#endings.set(asset, ending);
    return camera;
  }

  /** A detection was made: what the cameras near it saw is kept. */
  detected(detection: Detection): void {
    this.#evidence.detected(detection);
  }

  /** A picture made to fit. @throws Error where it can't be */
  smaller(jpeg: Uint8Array, maxBytes: number): Promise<Uint8Array> {
    return this.#decoder.shrink(jpeg, maxBytes);
  }

  /** Begins to carry out a command; the outcome is told to the gateway's actions. False: it can't be done here. */
  deliver(command: Command): boolean {
    const camera = this.#cameras.get(command.asset);
    if (camera === undefined || this.#underWay >= MAX_COMMANDS_UNDER_WAY) return false;
    if (command.action === 'picture.take')
      void this.#carryOut(command, () => this.#takePicture(camera, command));
    else if (command.action === 'camera.go-to-preset' && command.preset !== undefined) {
      const { preset } = command;
      void this.#carryOut(command, async () => `looks at ${await camera.goTo(preset)}`);
    } else return false;
    return true;
  }

  async #carryOut(command: Command, work: () => Promise<string>): Promise<void> {
    const { actions } = this.#options.gateway;
    this.#underWay++;
    try {
      actions.done(command.id, await work());
    } catch (error) {
      actions.failed(command.id, error instanceof Error ? error.message : String(error));
    } finally {
      this.#underWay--;
    }
  }

  async #takePicture(camera: SiteCamera, { asset, detection }: Command): Promise<string> {
    const { gateway, clock, configuration } = this.#options;
    const bytes = await this.#decoder.shrink(await camera.picture(), MAX_PICTURE_BYTES);
    await gateway.picture({
      asset,
      site: configuration.gateway.site,
      takenAt: clock.now(),
      mediaType: 'image/jpeg',
      base64: Buffer.from(bytes).toString('base64'),
      ...(detection === undefined ? {} : { detection }),
    });
    return `${bytes.length} bytes`;
  }

  #open(configuration: CameraConfiguration, password: string, signal: AbortSignal): SiteCamera {
    const { onTrouble, clock } = this.#options;
    const { asset, host } = configuration;
    this.#assign(asset);
    this.#expectHealth(configuration);
    const { leftBehind, certificate } = this.#memory.recall(asset);
    return new SiteCamera({
      configuration,
      password,
      trust: this.#trustOf(asset, configuration.certificate ?? certificate, signal),
      clock,
      decoder: this.#decoder,
      onvif: {
        ...(leftBehind === undefined ? {} : { leftBehind }),
        onSubscription: (subscription) => {
          // A gateway that is stopping has closed its disk: the camera forgets the subscription by itself.
          if (!this.#signal.aborted) this.#memory.subscribed(asset, subscription);
        },
        isClockSet: () => clock.quality !== 'unset',
        onDescribed: (description) => {
          if (!signal.aborted) this.#described(asset, description);
        },
        onStarted: (at) => {
          if (!signal.aborted) this.#started(asset, at);
        },
        onHeard: ({ readings }, isState) => {
          for (const reading of readings) {
            const isOnlyState = isState && reading.type === 'state' && !lasting.has(reading.property);
            if (!signal.aborted) this.#hear(asset, [reading], isOnlyState);
          }
        },
        onUnreadable: (count) => this.#notRead(`${host}:${asset}`, count),
        onTrouble: (trouble, detail) => {
          if (trouble !== undefined) onTrouble(`camera ${asset} ${trouble}: ${detail}`);
        },
      },
      onFound: (readings) => {
        if (!signal.aborted) this.#hear(asset, readings, false);
      },
      onTrouble: (message) => onTrouble(message),
      signal,
    });
  }

  /** The certificate that it was proved with stays the one; another one is news as another camera would be. */
  #trustOf(asset: string, certificate: string | undefined, signal: AbortSignal): CertificateTrust {
    const { onTrouble } = this.#options;
    return new CertificateTrust(certificate, {
      onHeld: (fingerprint) => {
        if (!signal.aborted) this.#memory.heldTo(asset, fingerprint);
      },
      onOther: (certificateNow, certificateBefore) => {
        if (signal.aborted) return;
        onTrouble(`camera ${asset} shows another certificate: ${certificateNow}`);
        const facts = { what: 'certificate', certificateBefore, certificateNow };
        this.#hear(asset, [{ type: 'moment', part: 'identity', moment: 'replaced', facts }], false);
      },
    });
  }

  /** A camera is its own assignment: it was configured by name. */
  #assign(asset: string): void {
    const { site } = this.#options.gateway;
    const device = cameraAddress(asset);
    if (site.assignmentOf(device) !== undefined) return;
    site.assign({ device, asset, assets: {}, invert: [], treatAs: {}, doors: {} });
  }

  /** That a camera works is what everybody expects: its first failure is news. */
  #expectHealth({ asset, host, picture }: CameraConfiguration): void {
    if (this.#options.gateway.site.current(asset, 'role') !== undefined) return;
    const pictureRole = picture.source === 'rtsp' ? 'stream' : 'snapshot';
    const expected = healthyAtFirst(
      [
        ...(host === undefined ? [] : (['events'] as const)),
        ...(picture.source === 'none' ? [] : ([pictureRole] as const)),
      ],
      host !== undefined,
    );
    this.#hear(asset, expected, true);
  }

  #passwordOf({ passwordFile }: CameraConfiguration): string {
    const { configuration } = this.#options;
    return passwordFile === undefined ? '' : readFileSync(configuration.resolve(passwordFile), 'utf8').trim();
  }

  /** @param isOnlyState it corrects what is known, and nothing has happened */
  #hear(asset: string, readings: Reading[], isOnlyState: boolean): void {
    if (this.#signal.aborted) return;
    const { gateway, clock, onTrouble } = this.#options;
    const heard: Heard = { device: cameraAddress(asset), readings };
    // What a camera says at connection is so now, unlike a broker's retained message, which may be old:
    // compared with what was known, a lens that went dark meanwhile is news; where nothing was known, not.
    const arrival = { retained: isOnlyState, receivedAt: clock.now() };
    gateway
      .hear([{ heard, profile: 'onvif', arrival }])
      .catch((error: unknown) => onTrouble(`camera ${asset}: ${String(error)}`));
  }

  /** The same address with another serial number is another camera. */
  #described(asset: string, description: CameraDescription): void {
    const before = this.#memory.described(asset, description);
    if (before === undefined) return;
    const facts = { before, now: description.serial, model: description.model };
    this.#hear(asset, [{ type: 'moment', part: 'identity', moment: 'replaced', facts }], false);
  }

  #started(asset: string, at: number): void {
    if (!this.#memory.started(asset, at)) return;
    const facts = { startedAt: new Date(at).toISOString() };
    this.#hear(asset, [{ type: 'moment', part: 'start', moment: 'restarted', facts }], false);
  }

  #notRead(peer: string, count: number): void {
    this.unreadable += count;
    const { quarantine, clock } = this.#options;
    const reason = `${count} notices could not be read`;
    quarantine.add({ at: clock.now(), wall: 'onvif', peer, reason, raw: new Uint8Array() });
  }

  /** Goes into the chain of records, so that what lies on the disk can be shown to be what was seen. */
  #noteKept({ camera, detection, pictures, id }: EvidenceSet): void {
    const { gateway, onTrouble } = this.#options;
    const facts = {
      camera,
      detection,
      set: id,
      pictures: pictures.length,
      // Over the digests of the pictures, one after the other, as hex.
      sha256: createHash('sha256')
        .update(pictures.map(({ sha256 }) => sha256).join(''))
        .digest('hex'),
    };
    gateway.note('picture.taken', facts).catch((error: unknown) => onTrouble(String(error)));
  }
}
