/** Lets this browser be reached while the page is closed (Push API). */
import type { NewAlertDevice } from '../../../cloud/api/contract.ts';
import { words } from './words.ts';

export type Reachable = 'yes' | 'denied' | 'unable' | 'unencrypted';

export function reachable(): Reachable {
  if (!isSecureContext) return 'unencrypted';
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis)) return 'unable';
  return Notification.permission === 'denied' ? 'denied' : 'yes';
}

/** Asks the person, then the browser's push service. Undefined where one of them said no. */
export async function subscribe(pushKey: string): Promise<NewAlertDevice | undefined> {
  if ((await Notification.requestPermission()) !== 'granted') return undefined;
  const registration = await navigator.serviceWorker.register('./service-worker.js');
  await navigator.serviceWorker.ready;
  // With another installation's key the old subscription is of no use.
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: pushKey,
  });
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  if (endpoint === undefined || p256dh === undefined || auth === undefined) return undefined;
  return { name: browserName(), subscription: { endpoint, keys: { p256dh, auth } } };
}

const browsers: readonly [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: readonly [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** "Firefox on Android": enough to tell one's own devices apart. */
function browserName(): string {
  const agent = navigator.userAgent;
  const of = (names: readonly [RegExp, string][]) =>
    names.find(([pattern]) => pattern.test(agent))?.[1] ?? '?';
  return words('devices.name', { browser: of(browsers), system: of(systems) });
}
