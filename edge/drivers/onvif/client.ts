import { parse as parseUrl } from 'node:url';
import onvif from 'onvif';
import { z } from 'zod';
import type { OnvifNotice } from '../../../devices/onvif/topics.ts';

/** How long a camera may take to answer anything but a pull, real ms. */
const ANSWER_WITHIN_MS = 8_000;
/** Notices taken from the camera at once. */
const MESSAGES_A_PULL = 32;

const simpleItem = z.object({ $: z.object({ Name: z.string(), Value: z.unknown() }) });
const simpleItems = z.union([simpleItem, z.array(simpleItem)]);
const noticeShape = z.object({
  topic: z.union([z.string(), z.object({ _: z.string() })]),
  message: z.object({
    message: z.object({
      $: z.object({ PropertyOperation: z.string().optional() }).optional(),
      data: z.object({ simpleItem: simpleItems.optional() }).optional(),
    }),
  }),
});
const pullShape = z.object({
  notificationMessage: z.union([z.unknown().array(), z.unknown()]).optional(),
  terminationTime: z.coerce.date().optional().catch(undefined),
});

const subscriptionShape = z.object({
  subscriptionReference: z.object({ address: z.object({ href: z.string() }) }),
});

export interface CameraAccess {
  host: string;
  port: number;
  secure: boolean;
  username: string;
  password: string;
}

/** What the camera says it is. */
export interface CameraDescription {
  serial: string;
  model: string;
}

/** A camera that answered an authenticated call. */
export interface CameraSession {
  readonly description: CameraDescription;
  snapshotUri(): Promise<string>;
  /** @returns where the subscription is: what `leave` takes, also in another life of this process */
  subscribe(): Promise<string>;
  /** Gives back a subscription that an earlier life left behind. */
  leave(subscription: string): Promise<void>;
  /** Waits for notices, a minute at most. `expiresAt` is in the camera's own time. */
  pull(): Promise<{ notices: OnvifNotice[]; unreadable: number; expiresAt?: number }>;
  renew(): Promise<void>;
  unsubscribe(): Promise<void>;
}

/** True when the camera refused the password (or a digest that its own clock called stale). */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && /not ?authori[sz]ed|digest authentication failed/i.test(error.message);

type Callback<Value> = (error: Error | null, value: Value) => void;

function answerOf<Value>(what: string, call: (done: Callback<Value>) => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: no answer`)), ANSWER_WITHIN_MS);
    // The library throws synchronously where an earlier answer lacked what it needs.
    try {
      call((error, value) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve(value);
      });
    } catch (error) {
      clearTimeout(timer);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/**
 * Connects and proves the password with a call that needs it: connecting alone does not, and some cameras
 * let a wrong password through until the first event. The camera's clock is measured first, without
 * credentials, so that a camera with a wrong clock still accepts the digest.
 */
export async function openCamera(access: CameraAccess): Promise<CameraSession> {
  const camera = new onvif.Cam({
    hostname: access.host,
    port: access.port,
    useSecure: access.secure,
    username: access.username,
    password: access.password,
    timeout: ANSWER_WITHIN_MS,
    autoconnect: false,
    preserveAddress: true,
  });
  // The library repeats its faults as events; without a listener they would end the process.
  camera.on('error', () => {});
  await answerOf<unknown>('connecting', (done) =>
    camera.connect((error: Error | null) => done(error, undefined)),
  );
  const information = await answerOf<unknown>('device information', (done) =>
    camera.getDeviceInformation((error: Error | null, value: unknown) => done(error, value)),
  );
  const described = z
    .object({ serialNumber: z.coerce.string(), model: z.coerce.string().catch('camera') })
    .parse(information);

  return {
    description: { serial: described.serialNumber, model: described.model },
    async snapshotUri() {
      const answer = await answerOf<unknown>('snapshot address', (done) =>
        camera.getSnapshotUri((error: Error | null, value: unknown) => done(error, value)),
      );
      return z.object({ uri: z.url() }).parse(answer).uri;
    },
    async subscribe() {
      const answer = await answerOf<unknown>('subscribing', (done) =>
        camera.createPullPointSubscription((error: Error | null, value: unknown) => done(error, value)),
      );
      return subscriptionShape.parse(answer).subscriptionReference.address.href;
    },
    async leave(subscription) {
      // The library unsubscribes from what it holds: it is given the one that was left behind.
      const standing = camera.events;
      camera.events = { subscription: { subscriptionReference: { address: parseUrl(subscription) } } };
      try {
        await answerOf<unknown>('unsubscribing', (done) =>
          camera.unsubscribe((error: Error | null, value: unknown) => done(error, value)),
        );
      } finally {
        camera.events = standing;
      }
    },
    pull: () =>
      new Promise((resolve, reject) => {
        camera.pullMessages({ messageLimit: MESSAGES_A_PULL }, (error: Error | null, value: unknown) => {
          if (error) reject(error);
          else resolve(readPull(value));
        });
      }),
    async renew() {
      await answerOf<unknown>('renewing', (done) =>
        camera.renew({}, (error: Error | null, value: unknown) => done(error, value)),
      );
    },
    async unsubscribe() {
      await answerOf<unknown>('unsubscribing', (done) =>
        camera.unsubscribe((error: Error | null, value: unknown) => done(error, value)),
      );
    },
  };
}

function readPull(value: unknown): { notices: OnvifNotice[]; unreadable: number; expiresAt?: number } {
  const parsed = pullShape.safeParse(value);
  if (!parsed.success) return { notices: [], unreadable: 1 };
  const { notificationMessage: raw, terminationTime } = parsed.data;
  const messages = raw === undefined ? [] : Array.isArray(raw) ? raw : [raw];
  const notices: OnvifNotice[] = [];
  for (const message of messages) {
    const notice = noticeShape.safeParse(message);
    if (!notice.success) continue;
    const { topic, message: outer } = notice.data;
    const items = outer.message.data?.simpleItem;
    const list = items === undefined ? [] : Array.isArray(items) ? items : [items];
    notices.push({
      topic: typeof topic === 'string' ? topic : topic._,
      operation: outer.message.$?.PropertyOperation,
      data: Object.fromEntries(list.map(({ $ }) => [$.Name, $.Value])),
    });
  }
  const expiresAt = terminationTime?.getTime();
  return {
    notices,
    unreadable: messages.length - notices.length,
    ...(expiresAt === undefined || Number.isNaN(expiresAt) ? {} : { expiresAt }),
  };
}
