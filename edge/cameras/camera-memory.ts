/** What is remembered of cameras over a restart, by asset: who each is, when it started, its certificate, its subscription. */
import { z } from 'zod';
import type { CameraDescription } from '../drivers/onvif/camera-session.ts';
import type { Outbox } from '../outbox/outbox.ts';

const SUBSCRIPTION_PREFIX = 'camera-subscription/';
const IDENTITY_PREFIX = 'camera-identity/';
const STARTED_PREFIX = 'camera-started/';
const CERTIFICATE_PREFIX = 'camera-certificate/';
const keptIdentity = z.object({ serial: z.string(), mac: z.string().optional() });
/** A camera that counts its start back from its uptime is off by so much. */
const SAME_START_MS = 90_000;

export class CameraMemory {
  readonly #outbox: Pick<Outbox, 'keep' | 'forget' | 'kept'>;
  readonly #identities = new Map<string, z.infer<typeof keptIdentity>>();
  readonly #starts = new Map<string, number>();

  constructor(outbox: Pick<Outbox, 'keep' | 'forget' | 'kept'>) {
    this.#outbox = outbox;
  }

  /** Takes up what an earlier life knew of a camera. @returns what it is to begin with */
  recall(asset: string): { leftBehind?: string; certificate?: string } {
    const kept = (prefix: string) => this.#outbox.kept(prefix).get(prefix + asset);
    const identity = keptIdentity.safeParse(kept(IDENTITY_PREFIX)).data;
    if (identity !== undefined) this.#identities.set(asset, identity);
    const startedAt = kept(STARTED_PREFIX);
    if (typeof startedAt === 'number') this.#starts.set(asset, startedAt);
    const [leftBehind, certificate] = [kept(SUBSCRIPTION_PREFIX), kept(CERTIFICATE_PREFIX)];
    return {
      ...(typeof leftBehind === 'string' ? { leftBehind } : {}),
      ...(typeof certificate === 'string' ? { certificate } : {}),
    };
  }

  /** Assets whose camera has this serial number, as far as it was reached. */
  withSerial(serial: string): string[] {
    return [...this.#identities].filter(([, known]) => known.serial === serial).map(([asset]) => asset);
  }

  /** It said who it is. @returns what it was before, where the same address is another camera now */
  described(asset: string, { serial, mac }: CameraDescription): string | undefined {
    if (serial === '') return undefined;
    const known = this.#identities.get(asset);
    if (known?.serial === serial && known.mac === mac) return undefined;
    const identity = { serial, ...(mac === undefined ? {} : { mac }) };
    this.#identities.set(asset, identity);
    this.#outbox.keep(IDENTITY_PREFIX + asset, identity);
    return known === undefined || known.serial === serial ? undefined : known.serial;
  }

  /** It said when it started. @returns whether it was running before, and this is another start */
  started(asset: string, at: number): boolean {
    const known = this.#starts.get(asset);
    if (known !== undefined && Math.abs(at - known) <= SAME_START_MS) return false;
    this.#starts.set(asset, at);
    this.#outbox.keep(STARTED_PREFIX + asset, at);
    return known !== undefined;
  }

  /** @param subscription undefined: it was given back */
  subscribed(asset: string, subscription: string | undefined): void {
    if (subscription === undefined) this.#outbox.forget(SUBSCRIPTION_PREFIX + asset);
    else this.#outbox.keep(SUBSCRIPTION_PREFIX + asset, subscription);
  }

  heldTo(asset: string, certificate: string): void {
    this.#outbox.keep(CERTIFICATE_PREFIX + asset, certificate);
  }

  /** Another camera may stand there one day: it is none in the place of this one. */
  forget(asset: string): void {
    this.#identities.delete(asset);
    this.#starts.delete(asset);
    for (const prefix of [IDENTITY_PREFIX, STARTED_PREFIX, CERTIFICATE_PREFIX])
      this.#outbox.forget(prefix + asset);
  }
}
