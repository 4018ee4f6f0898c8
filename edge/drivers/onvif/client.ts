import { parse as parseUrl } from 'node:url';
import onvif from 'onvif';
import { z } from 'zod';
import { boundedAgent } from './bounded-agent.ts';
import type { CameraAccess, CameraDescription, CameraSession } from './camera-session.ts';
import { CertificateTrust } from './certificate-trust.ts';
import { readPulled, remainingIn } from './pulled.ts';
import { ANSWER_WITHIN_MS, atCamera } from './request.ts';
import { escaped, soapCall } from './soap-call.ts';
import { isRefusalText, PULL_MS } from './subscription-policy.ts';

/** Notices taken from the camera at once. */
const MESSAGES_A_PULL = 32;
/** A pull without any answer is given up after this: longer than the camera may wait, and than the socket's own end. */
const PULL_ANSWER_WITHIN_MS = PULL_MS + 25_000;
/** Presets of one camera that are looked through. */
const MAX_PRESETS = 512;

const subscriptionShape = z.object({
  subscriptionReference: z.object({ address: z.object({ href: z.string() }) }),
});

/** True when the camera refused the password (or a digest that its own clock called stale). */
export const isRefusal = (error: unknown): boolean => error instanceof Error && isRefusalText(error.message);

/** True when the camera understood the call and would not do it: it is there. */
export const isSoapFault = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('ONVIF SOAP Fault');

type Callback<Value> = (error: Error | null, value: Value) => void;

function answerOf(
  what: string,
  call: (done: Callback<unknown>) => void,
  withinMs = ANSWER_WITHIN_MS,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: no answer`)), withinMs);
    const end = (error: unknown, value?: unknown) => {
      clearTimeout(timer);
      if (error) reject(error instanceof Error ? error : new Error(`${what}: ${String(error)}`));
      else resolve(value);
    };
    // The library throws synchronously where an earlier answer lacked what it needs.
    try {
      call((error, value) => end(error, value));
    } catch (error) {
      end(error ?? new Error(`${what}: failed`));
    }
  });
}

const text = z.coerce.string().transform((value) => value.trim().slice(0, 128));
const information = z.object({
  serialNumber: text.catch(''),
  model: text.catch('camera'),
  manufacturer: text.catch(''),
  firmwareVersion: text.catch(''),
});
const interfaces = z.array(z.object({ info: z.object({ hwAddress: z.string() }) }));
const capabilities = z.object({ EventBrokerProtocols: z.string() });
const uriShape = z.object({ uri: z.url({ protocol: /^(https?|rtsps?)$/ }) });

/**
 * Connects and proves the password with a call that needs it: connecting alone does not, and some cameras
 * let a wrong password through until the first event. The camera's clock is measured first, without
 * credentials, so that a camera with a wrong clock still accepts the digest.
 */
export async function openCamera(access: CameraAccess, signal: AbortSignal): Promise<CameraSession> {
  const { trust = new CertificateTrust() } = access;
  const agent = boundedAgent(access.secure ? trust : undefined);
  const camera = new onvif.Cam({
    hostname: access.host,
    port: access.port,
    useSecure: access.secure,
    username: access.username,
    password: access.password,
    timeout: ANSWER_WITHIN_MS,
    autoconnect: false,
    preserveAddress: true,
    agent,
  });
  // The library repeats its faults as events; without a listener they would end the process.
  camera.on('error', () => {});
  let clockOffsetMs: number | undefined;
  let device: CameraDescription;
  const own = (address: string) => atCamera(address, access);

  const measureClock = async (): Promise<void> => {
    const told = await answerOf('time', (done) =>
      camera.getSystemDateAndTime((error: Error | null, value: unknown) => done(error, value)),
    );
    const at = told instanceof Date ? told.getTime() : Number.NaN;
    // The library keeps its first measurement, and counts from the process's start. 0000-00-00 is no time: the digest is
    // then made with ours.
    camera.timeShift = (Number.isNaN(at) ? Date.now() : at) - process.uptime() * 1_000;
    clockOffsetMs = Number.isNaN(at) ? undefined : at - Date.now();
  };

  const describe = async (): Promise<CameraDescription> => {
    const told = information.parse(
      await answerOf('device information', (done) =>
        camera.getDeviceInformation((error: Error | null, value: unknown) => done(error, value)),
      ),
    );
    const found = await answerOf('network interfaces', (done) =>
      camera.getNetworkInterfaces((error: Error | null, value: unknown) => done(error, value)),
    ).catch(() => undefined);
    const mac = interfaces.safeParse(found).data?.[0]?.info.hwAddress.toLowerCase().replaceAll('-', ':');
    const { serialNumber: serial, model, manufacturer, firmwareVersion: firmware } = told;
    return {
      serial,
      model,
      manufacturer,
      firmware,
      ...(mac !== undefined && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) ? { mac } : {}),
    };
  };

  /** Binds the library to a subscription; the agent goes along, or a pull would have none. */
  const holding = (address: string) => ({
    subscriptionReference: { address: { ...parseUrl(address), agent } },
  });

  try {
    await measureClock();
    await answerOf(
      'connecting',
      (done) => camera.connect((error: Error | null) => done(error, undefined)),
      2 * ANSWER_WITHIN_MS,
    );
    device = await describe();
    if (access.secure) trust.proved();
    const endpoint = await ownCall('GetEndpointReference', 'http://www.onvif.org/ver10/device/wsdl').catch(
      () => undefined,
    );
    const reference = /<(?:[\w-]+:)?GUID>\s*([^<\s]{1,128})\s*</.exec(endpoint ?? '')?.[1];
    if (reference !== undefined) device = { ...device, endpoint: reference };
    if (access.secure && trust.expected !== undefined) device = { ...device, certificate: trust.expected };
  } catch (error) {
    agent.destroy();
    throw error;
  }

  /** What the library does not know. */
  function ownCall(operation: string, namespace: string, address?: string): Promise<string> {
    return soapCall({ operation, namespace, address }, { ...access, trust }, clockOffsetMs ?? 0, signal);
  }

  return {
    description: device,
    get clockOffsetMs() {
      return clockOffsetMs;
    },
    measureClock,
    async offersMqtt() {
      const told = await answerOf('event capabilities', (done) =>
        camera.getEventServiceCapabilities((error: Error | null, value: unknown) => done(error, value)),
      ).catch(() => undefined);
      return /mqtt/i.test(capabilities.safeParse(told).data?.EventBrokerProtocols ?? '');
    },
    async snapshotUri() {
      const answer = await answerOf('snapshot address', (done) =>
        camera.getSnapshotUri((error: Error | null, value: unknown) => done(error, value)),
      );
      return own(uriShape.parse(answer).uri);
    },
    async streamUri() {
      const answer = await answerOf('stream address', (done) =>
        camera.getStreamUri({ protocol: 'RTSP' }, (error: Error | null, value: unknown) =>
          done(error, value),
        ),
      );
      return own(uriShape.parse(answer).uri);
    },
    async presets() {
      await answerOf('presets', (done) =>
        camera.getPresets((error: Error | null, value: unknown) => done(error, value)),
      );
      const shape = z.record(z.string(), z.object({ name: text.catch('') }).catch({ name: '' }));
      const known = shape.safeParse(camera.presets ?? {}).data ?? {};
      return Object.entries(known)
        .slice(0, MAX_PRESETS)
        .map(([token, { name }]) => ({ token, name }));
    },
    async goTo(token) {
      await answerOf('going to a preset', (done) =>
        camera.gotoPreset({ preset: escaped(token) }, (error: Error | null, value: unknown) =>
          done(error, value),
        ),
      );
    },
    async proveAlive() {
      await answerOf('device information', (done) =>
        camera.getDeviceInformation((error: Error | null, value: unknown) => done(error, value)),
      );
    },
    async subscribe() {
      const answer = await answerOf('subscribing', (done) =>
        camera.createPullPointSubscription((error: Error | null, value: unknown) => done(error, value)),
      ).catch((error: unknown) => {
        // The library reckons with times that some cameras leave out; the subscription is made all the same.
        const made: unknown = error instanceof TypeError ? camera.events.subscription : undefined;
        if (!subscriptionShape.safeParse(made).success) throw error;
        return made;
      });
      const { href } = subscriptionShape.parse(answer).subscriptionReference.address;
      camera.events.subscription.subscriptionReference.address.agent = agent;
      const times = z.object({ currentTime: z.unknown(), terminationTime: z.unknown() }).parse(answer);
      return { address: href, remainingMs: remainingIn(times) };
    },
    async synchronize() {
      const held = subscriptionShape.safeParse(camera.events.subscription).data;
      if (held === undefined) return;
      const address = held.subscriptionReference.address.href;
      await ownCall('SetSynchronizationPoint', 'http://www.onvif.org/ver10/events/wsdl', address);
    },
    async leave(subscription) {
      // The library unsubscribes from what it holds: it is given the one that was left behind.
      const standing = camera.events;
      camera.events = { subscription: holding(own(subscription)) };
      try {
        await answerOf('unsubscribing', (done) =>
          camera.unsubscribe((error: Error | null, value: unknown) => done(error, value)),
        );
      } finally {
        camera.events = standing;
      }
    },
    async pull() {
      const answer = await answerOf(
        'pulling',
        (done) =>
          camera.pullMessages({ messageLimit: MESSAGES_A_PULL }, (error: Error | null, value: unknown) =>
            done(error, value),
          ),
        PULL_ANSWER_WITHIN_MS,
      );
      return readPulled(answer);
    },
    async renew() {
      const answer = await answerOf('renewing', (done) =>
        camera.renew({}, (error: Error | null, value: unknown) => done(error, value)),
      );
      return remainingIn(z.looseObject({}).catch({}).parse(answer));
    },
    async unsubscribe() {
      await answerOf('unsubscribing', (done) =>
        camera.unsubscribe((error: Error | null, value: unknown) => done(error, value)),
      );
    },
    close: () => agent.destroy(),
  };
}
