import webPush from 'web-push';
import { type Devices, isPushService } from '../devices.ts';
import type { AlertingSettings } from '../settings.ts';
import { type Channel, post } from './channel.ts';

/** The installation's own key pair for push services (RFC 8292), base64url. */
export interface PushKeys {
  publicKey: string;
  privateKey: string;
}

export const newPushKeys = (): PushKeys => webPush.generateVAPIDKeys();

const TIMEOUT_MS = 15_000;
/** A push service keeps it this long for a telephone that is off, seconds: after that it is news no more. */
const KEPT_SECONDS = 4 * 3_600;
/** Topics are 32 characters of base64url (RFC 8030, section 5.4). */
const topicOf = (incident: string): string => Buffer.from(incident).toString('base64url').slice(-32);

export const webPushChannel = (
  devices: Devices,
  keys: PushKeys,
  { pushContact, pushServices }: Pick<AlertingSettings, 'pushContact' | 'pushServices'>,
): Channel => ({
  async deliver(alert, links, signal) {
    const device = devices.find(alert.address);
    if (device === undefined) return { state: 'refused', problem: 'the device was removed', isGone: true };
    if (!isPushService(device.subscription.endpoint, pushServices))
      return {
        state: 'refused',
        problem: 'its push service is not one of those that are allowed',
        isGone: true,
      };
    const { id, incident, title, text, severity, isQuiet } = alert;
    let request: ReturnType<typeof webPush.generateRequestDetails>;
    try {
      request = webPush.generateRequestDetails(
        device.subscription,
        JSON.stringify({ id, incident, title, text, severity, isQuiet, ...links }),
        {
          TTL: KEPT_SECONDS,
          urgency: isQuiet ? 'low' : 'high',
          contentEncoding: 'aes128gcm',
          ...(incident === '' ? {} : { topic: topicOf(incident) }),
          vapidDetails: { subject: pushContact, ...keys },
        },
      );
    } catch (error) {
      // Keys that are none: it will never work.
      const problem = error instanceof Error ? error.message : String(error);
      return { state: 'refused', problem, isGone: true };
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers)
        .filter(([name]) => name.toLowerCase() !== 'content-length')
        .map(([name, value]) => [name, String(value)]),
    );
    const answer = await post(
      request.endpoint,
      { headers, body: request.body ?? '', timeoutMs: TIMEOUT_MS },
      signal,
    );
    if ('problem' in answer) return { state: 'failed', problem: answer.problem };
    if (answer.status < 300) return { state: 'sent' };
    const problem = `the push service answered ${answer.status}`;
    // RFC 8030, section 7.3: 404 and 410 say that the subscription is no more.
    if (answer.status === 404 || answer.status === 410) return { state: 'refused', problem, isGone: true };
    return answer.status === 429 || answer.status >= 500
      ? { state: 'failed', problem }
      : { state: 'refused', problem };
  },
});
