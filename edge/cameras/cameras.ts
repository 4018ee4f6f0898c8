import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Command } from '../../devices/model/command.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Heard, Reading, StateReading } from '../../devices/profiles/profile.ts';
import { cameraAddress } from '../drivers/onvif/camera.ts';
import { CertificateTrust } from '../drivers/onvif/certificate-trust.ts';
import type { CameraDescription } from '../drivers/onvif/client.ts';
import type { DriversOptions } from '../drivers/options.ts';
import { type AddedCamera, AddedCameras } from './added-cameras.ts';
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

/** What is kept of cameras, by asset: the subscription, who it is, when it last started. */
const SUBSCRIPTION_PREFIX = 'camera-subscription/';
const IDENTITY_PREFIX = 'camera-identity/';
const STARTED_PREFIX = 'camera-started/';
const CERTIFICATE_PREFIX = 'camera-certificate/';
const keptIdentity = z.object({ serial: z.string(), mac: z.string().optional() });
/** A camera that counts its start back from its uptime is off by so much. */
const SAME_START_MS = 90_000;

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
  readonly #identities = new Map<string, z.infer<typeof keptIdentity>>();
  readonly #starts = new Map<string, number>();
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
    return [...this.#identities].find(
      ([asset, known]) => known.serial === serial && this.#cameras.has(asset),
    )?.[0];
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
    const { outbox, gateway } = this.#options;
    this.#added.remove(asset);
    ending.abort();
    this.#endings.delete(asset);
    this.#cameras.delete(asset);
    this.#identities.delete(asset);
    this.#starts.delete(asset);
    // Another camera may stand there one day: it is none in the place of this one.
    for (const prefix of [IDENTITY_PREFIX, STARTED_PREFIX, CERTIFICATE_PREFIX]) outbox.forget(prefix + asset);
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
    const { outbox, onTrouble, clock } = this.#options;
    const { asset, host } = configuration;
    this.#assign(asset);
    this.#expectHealth(configuration);
    const identity = keptIdentity.safeParse(outbox.kept(IDENTITY_PREFIX).get(IDENTITY_PREFIX + asset)).data;
    if (identity !== undefined) this.#identities.set(asset, identity);
    const startedAt = outbox.kept(STARTED_PREFIX).get(STARTED_PREFIX + asset);
    if (typeof startedAt === 'number') this.#starts.set(asset, startedAt);
    const leftBehind = outbox.kept(SUBSCRIPTION_PREFIX).get(SUBSCRIPTION_PREFIX + asset);
    return new SiteCamera({
      configuration,
      password,
      trust: this.#trustOf(configuration, signal),
      clock,
      decoder: this.#decoder,
      onvif: {
        ...(typeof leftBehind === 'string' ? { leftBehind } : {}),
        onSubscription: (subscription) => {
          // A gateway that is stopping has closed its disk: the camera forgets the subscription by itself.
          if (this.#signal.aborted) return;
          if (subscription === undefined) outbox.forget(SUBSCRIPTION_PREFIX + asset);
          else outbox.keep(SUBSCRIPTION_PREFIX + asset, subscription);
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
  #trustOf({ asset, certificate }: CameraConfiguration, signal: AbortSignal): CertificateTrust {
    const { outbox, onTrouble } = this.#options;
    const kept = outbox.kept(CERTIFICATE_PREFIX).get(CERTIFICATE_PREFIX + asset);
    return new CertificateTrust(certificate ?? (typeof kept === 'string' ? kept : undefined), {
      onHeld: (fingerprint) => {
        if (!signal.aborted) outbox.keep(CERTIFICATE_PREFIX + asset, fingerprint);
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
  #described(asset: string, { serial, mac, model }: CameraDescription): void {
    if (this.#signal.aborted || serial === '') return;
    const { outbox } = this.#options;
    const key = IDENTITY_PREFIX + asset;
    const known = this.#identities.get(asset);
    if (known?.serial === serial && known.mac === mac) return;
    const identity = { serial, ...(mac === undefined ? {} : { mac }) };
    this.#identities.set(asset, identity);
    outbox.keep(key, identity);
    if (known === undefined || known.serial === serial) return;
    const facts = { before: known.serial, now: serial, model };
    this.#hear(asset, [{ type: 'moment', part: 'identity', moment: 'replaced', facts }], false);
  }

  #started(asset: string, at: number): void {
    if (this.#signal.aborted) return;
    const { outbox } = this.#options;
    const key = STARTED_PREFIX + asset;
    const known = this.#starts.get(asset);
    if (known !== undefined && Math.abs(at - known) <= SAME_START_MS) return;
    this.#starts.set(asset, at);
    outbox.keep(key, at);
    if (known === undefined) return;
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
