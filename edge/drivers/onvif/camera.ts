import { setTimeout as delay } from 'node:timers/promises';
import { readNotice } from '../../../devices/onvif/topics.ts';
import type { Heard, Reading } from '../../../devices/profiles/profile.ts';
import type { CameraAccess, CameraDescription, CameraPreset, CameraSession } from './camera-session.ts';
import { isOtherCertificate } from './certificate-trust.ts';
import { isRefusal, isSoapFault, openCamera } from './client.ts';
import { listen } from './listen.ts';
import type { Pulled } from './pulled.ts';
import { fetchSnapshot } from './snapshot.ts';
import { StormLimit } from './storm.ts';

/** First wait after a fault, and the longest, real ms. */
const RETRY_AFTER_MS = 1_000;
const RETRY_AT_MOST_MS = 30_000;
/** A refused password is not tried again and again: cameras lock an account for that. */
const REFUSED_RETRY_AT_MOST_MS = 300_000;
/** A camera whose events come another way is asked this often whether it is there. */
const ALIVE_EVERY_MS = 20_000;
/** A clock off by more than this makes a camera's own times worthless as evidence. */
export const CLOCK_WRONG_MS = 30_000;
/** Presets that an answer names; some cameras have hundreds. */
const MAX_NAMED_PRESETS = 12;
/** What waited in a storm is looked at this often. */
const STORM_LOOK_MS = 1_000;

/**
 * `other-certificate`: at its address something answers that is not what was trusted.
 * `no-events`: it is there and takes the log-in, but gives no subscription: others have all that it has.
 */
export type CameraTrouble = 'unreachable' | 'refused' | 'no-events' | 'other-certificate';

export interface CameraOptions extends CameraAccess {
  /** Asset that this camera is. */
  asset: string;
  /** `pull`: by a subscription; `mqtt`: it sends them to the broker itself, and only its presence is watched here. */
  events: 'pull' | 'mqtt';
  /** The subscription of an earlier life, which ended without giving it back; a camera has few of them. */
  leftBehind?: string;
  /** To be remembered for the next life; undefined: given back. */
  onSubscription(subscription: string | undefined): void;
  /** The camera said who it is, each time it was reached. */
  onDescribed(description: CameraDescription): void;
  /** The camera said when it last started, by its own clock less what that is off. */
  onStarted(at: number): void;
  /** What the camera says, as any device does. `isState`: known at connection, not news. */
  onHeard(heard: Heard, isState: boolean): void;
  /** Whether the gateway's own clock can judge the camera's. */
  isClockSet(): boolean;
  /** Notices that could not be read. */
  onUnreadable(count: number): void;
  /** Told when trouble begins, with its cause in words; undefined when it is over. */
  onTrouble(trouble: CameraTrouble | undefined, detail: string): void;
}

/** The name a camera has before it told its own: its address, which may change. */
export const cameraAddress = (asset: string): string => `onvif:${asset}`;

/** One ONVIF camera: connects, proves the password, listens, reconnects, and takes pictures on demand. */
export class Camera {
  readonly #options: CameraOptions;
  readonly #signal: AbortSignal;
  readonly #storm = new StormLimit(performance.now());
  #stormTimer: NodeJS.Timeout | undefined;
  #session: CameraSession | undefined;
  /** Undefined before the first attempt has come to an end. */
  #trouble: CameraTrouble | 'none' | undefined;
  #leftBehind: string | undefined;

  constructor(options: CameraOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#leftBehind = options.leftBehind;
  }

  get isConnected(): boolean {
    return this.#session !== undefined;
  }

  /** How far its clock is off, ms; undefined where that isn't known, or ours can't judge it. */
  get clockOffsetMs(): number | undefined {
    return this.#options.isClockSet() ? this.#session?.clockOffsetMs : undefined;
  }

  /** Runs until the signal; never rejects. */
  async run(): Promise<void> {
    let waitMs = RETRY_AFTER_MS;
    while (!this.#signal.aborted) {
      let session: CameraSession | undefined;
      try {
        // A new session measures the camera's clock again, which a reboot may have changed.
        session = await openCamera(this.#options, this.#signal);
        await this.#giveBack(session);
        this.#options.onDescribed(session.description);
        await this.#attend(session, () => {
          waitMs = RETRY_AFTER_MS;
        });
      } catch (error) {
        this.#failed(error, session !== undefined);
      }
      this.#session = undefined;
      session?.close();
      const atMostMs = this.#trouble === 'refused' ? REFUSED_RETRY_AT_MOST_MS : RETRY_AT_MOST_MS;
      await delay(waitMs, undefined, { signal: this.#signal }).catch(() => {});
      waitMs = Math.min(waitMs * 2, atMostMs);
    }
    clearTimeout(this.#stormTimer);
  }

  /** A JPEG of now. */
  async picture(): Promise<Uint8Array> {
    return fetchSnapshot(await this.#connected().snapshotUri(), this.#options, this.#signal);
  }

  /** Where its pictures are, without the password. */
  snapshotUri(): Promise<string> {
    return this.#connected().snapshotUri();
  }

  /** Where its stream is, without the password. */
  streamUri(): Promise<string> {
    return this.#connected().streamUri();
  }

  /** Where its camera looks on command. */
  presets(): Promise<CameraPreset[]> {
    return this.#connected().presets();
  }

  /**
   * Turns to a preset, by its name or its token.
   * @returns its name
   * @throws Error that names what there is
   */
  async goTo(preset: string): Promise<string> {
    const session = this.#connected();
    const known = await session.presets();
    const found =
      known.find(({ token }) => token === preset) ??
      known.find(({ name }) => name.toLowerCase() === preset.toLowerCase());
    if (found === undefined) {
      const names = known
        .slice(0, MAX_NAMED_PRESETS)
        .map(({ name, token }) => name || token)
        .join(', ');
      throw new Error(`there is no preset "${preset}"${names === '' ? '' : `; there are ${names}`}`);
    }
    await session.goTo(found.token);
    return found.name || found.token;
  }

  #connected(): CameraSession {
    if (this.#session === undefined) throw new Error(`the camera ${this.#options.asset} is not connected`);
    return this.#session;
  }

  /** Stays with a camera that was reached. */
  async #attend(session: CameraSession, onReached: () => void): Promise<void> {
    const reached = () => {
      onReached();
      this.#session = session;
      this.#recovered(session);
    };
    if (this.#options.events === 'mqtt') {
      reached();
      await this.#watch(session);
      return;
    }
    await listen({
      session,
      signal: this.#signal,
      onSubscribed: (address) => {
        this.#leftBehind = address;
        this.#options.onSubscription(address);
        reached();
      },
      onPulled: (pulled) => this.#take(pulled, session),
    });
    // A subscription left behind is one of the few that a camera has.
    await session.unsubscribe().then(
      () => this.#options.onSubscription(undefined),
      () => {},
    );
  }

  async #watch(session: CameraSession): Promise<void> {
    while (!this.#signal.aborted) {
      await delay(ALIVE_EVERY_MS, undefined, { signal: this.#signal }).catch(() => {});
      if (!this.#signal.aborted) await session.proveAlive();
    }
  }

  #take({ notices, unreadable }: Pulled, session: CameraSession): void {
    if (unreadable > 0) this.#options.onUnreadable(unreadable);
    const news: Reading[] = [];
    for (const notice of notices) {
      const meaning = readNotice(notice);
      if (meaning === undefined) continue;
      if ('rebootedAt' in meaning) {
        // Against a clock that nobody has set, the same start would be another one each time.
        if (this.#options.isClockSet())
          this.#options.onStarted(meaning.rebootedAt - (session.clockOffsetMs ?? 0));
      } else if (meaning.isState) this.#say([meaning.reading], true);
      else news.push(meaning.reading);
    }
    const said = this.#storm.take(news, performance.now());
    if (said.length > 0) this.#say(said, false);
    this.#lookAgain();
  }

  /** What a storm has held back is told as soon as it may be. */
  #lookAgain(): void {
    if (!this.#storm.isWaiting || this.#stormTimer !== undefined || this.#signal.aborted) return;
    this.#stormTimer = setTimeout(() => {
      this.#stormTimer = undefined;
      if (this.#signal.aborted) return;
      const said = this.#storm.due(performance.now());
      if (said.length > 0) this.#say(said, false);
      this.#lookAgain();
    }, STORM_LOOK_MS);
    this.#stormTimer.unref();
  }

  /** Once; a camera that has forgotten it by itself is content, too. */
  async #giveBack(session: CameraSession): Promise<void> {
    const subscription = this.#leftBehind;
    this.#leftBehind = undefined;
    if (subscription !== undefined) await session.leave(subscription).catch(() => {});
  }

  #recovered(session: CameraSession): void {
    if (this.#trouble !== 'none') {
      this.#trouble = 'none';
      const { model, serial } = session.description;
      this.#options.onTrouble(undefined, `${model} ${serial}`);
      this.#say(
        [{ type: 'state', part: 'online', property: 'online', value: 'online' }, role('working')],
        false,
      );
    }
    this.#judgeClock(session);
  }

  /** The gateway's own clock was set: what was measured before says nothing. */
  async clockWasSet(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    // Where it gives no answer it is asked at the next connection.
    await session.measureClock().catch(() => {});
    if (this.#session === session) this.#judgeClock(session);
  }

  /** Only a clock that is right itself can say that another one is wrong. */
  #judgeClock({ clockOffsetMs }: CameraSession): void {
    if (clockOffsetMs === undefined || !this.#options.isClockSet()) return;
    const wrong = Math.abs(clockOffsetMs) > CLOCK_WRONG_MS;
    const facts = { offsetSeconds: Math.round(clockOffsetMs / 1_000) };
    this.#say(
      [{ type: 'state', part: 'clock', property: 'clock', value: wrong ? 'wrong' : 'right', facts }],
      false,
    );
  }

  #failed(error: unknown, wasReached: boolean): void {
    if (this.#signal.aborted) return;
    const trouble = troubleOf(error, wasReached);
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#options.onTrouble(trouble, error instanceof Error ? error.message : String(error));
    const value = trouble === 'no-events' ? 'online' : 'offline';
    this.#say([{ type: 'state', part: 'online', property: 'online', value }, role('failed')], false);
  }

  #say(readings: Reading[], isState: boolean): void {
    this.#options.onHeard({ device: cameraAddress(this.#options.asset), readings }, isState);
  }
}

function troubleOf(error: unknown, wasReached: boolean): CameraTrouble {
  if (isOtherCertificate(error)) return 'other-certificate';
  if (isRefusal(error)) return 'refused';
  return wasReached && isSoapFault(error) ? 'no-events' : 'unreachable';
}

const role = (value: 'working' | 'failed'): Reading => ({
  type: 'state',
  part: 'role:events',
  property: 'role',
  value,
  facts: { role: 'events' },
});
