/** Browsers and phones that people have added, to be reached by web push (RFC 8030, 8291, 8292). */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { instant, plainText } from '../../devices/model/identifiers.ts';
import type { AuditEntry, Store } from '../store/store.ts';
import { PUSH_SERVICES } from './settings.ts';

const KIND = 'alert-device';
export const MAX_DEVICES_OF_ONE = 10;

const base64url = z.string().regex(/^[\w-]+={0,2}$/);

/** What a browser gives when its person says yes. */
export const pushSubscription = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).max(1_000),
  keys: z.strictObject({ p256dh: base64url.min(80).max(100), auth: base64url.min(16).max(40) }),
});
export type PushSubscription = z.infer<typeof pushSubscription>;

export const device = z.strictObject({
  id: z.string(),
  account: z.string(),
  /** As its person calls it. */
  name: plainText.min(1).max(100),
  subscription: pushSubscription,
  at: instant,
});
export type Device = z.infer<typeof device>;

/**
 * Whether a browser's endpoint is one of a push service: a person must not be able to make this server post anywhere
 * else.
 */
export function isPushService(endpoint: string, others: readonly string[] = []): boolean {
  const url = URL.parse(endpoint);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (others.includes(url.host)) return true;
  if (url.protocol !== 'https:' || url.port !== '') return false;
  return PUSH_SERVICES.some((one) =>
    one.startsWith('*.') ? url.hostname.endsWith(one.slice(1)) : url.hostname === one,
  );
}

export class Devices {
  readonly #store: Store;
  readonly #all = new Map<string, Device>();

  constructor(store: Store) {
    this.#store = store;
    for (const { id, value } of store.documents(KIND)) this.#all.set(id, device.parse(value));
  }

  of(account: string): Device[] {
    return [...this.#all.values()].filter((one) => one.account === account);
  }

  find(id: string): Device | undefined {
    return this.#all.get(id);
  }

  /** The same browser again, perhaps for somebody else, takes the place of what was there. */
  async put(one: Omit<Device, 'id'>, audit: AuditEntry): Promise<Device> {
    const id = createHash('sha256').update(one.subscription.endpoint).digest('hex').slice(0, 32);
    const made: Device = { ...one, id };
    await this.#store.putDocuments([{ kind: KIND, id, value: made }], audit);
    this.#all.set(id, made);
    return made;
  }

  async remove(id: string, audit?: AuditEntry): Promise<void> {
    await this.#store.putDocuments([{ kind: KIND, id, value: undefined }], audit);
    this.#all.delete(id);
  }
}
