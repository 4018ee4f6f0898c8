import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { WebhookSettings } from '../settings.ts';
import { type Channel, post } from './channel.ts';

/**
 * One JSON object by POST. With a secret its header `X-Gatehouse-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA256 of
 * `<seconds>.<body>`; whoever takes it should compare, and refuse what is older than a few minutes.
 */
export const webhookChannel = (
  webhooks: Readonly<Record<string, WebhookSettings>>,
  resolve: (path: string) => string,
  wallMs: () => number,
): Channel => ({
  async deliver(alert, { open }, signal) {
    const settings = webhooks[alert.address];
    if (settings === undefined)
      return {
        state: 'refused',
        problem: `the configuration has no webhook "${alert.address}" any more`,
        isGone: true,
      };
    const { id, incident, reason, severity, title, text, at, step } = alert;
    const body = JSON.stringify({
      id,
      incident,
      reason,
      severity,
      step,
      title,
      text,
      at,
      ...(open === undefined ? {} : { open }),
    });
    let secret: string | undefined;
    try {
      secret =
        settings.secretFile === undefined
          ? undefined
          : readFileSync(resolve(settings.secretFile), 'utf8').trim();
    } catch (error) {
      return { state: 'failed', problem: error instanceof Error ? error.message : String(error) };
    }
    const seconds = Math.floor(wallMs() / 1_000);
    const answer = await post(
      settings.url,
      {
        headers: {
          'content-type': 'application/json',
          'x-gatehouse-alert': id,
          ...(secret === undefined
            ? {}
            : {
                'x-gatehouse-signature': `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
              }),
        },
        body,
        timeoutMs: settings.timeoutMs,
      },
      signal,
    );
    if ('problem' in answer) return { state: 'failed', problem: answer.problem };
    if (answer.status < 300) return { state: 'sent' };
    const problem = `${settings.title} answered ${answer.status}`;
    // What it does not want now it may want later, unless it said that the request itself is wrong.
    return answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429
      ? { state: 'refused', problem }
      : { state: 'failed', problem };
  },
});
