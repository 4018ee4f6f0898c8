/** For tests: a push service with one browser behind it, which decrypts what arrives (RFC 8291, aes128gcm of RFC 8188). */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PushSubscription } from '../devices.ts';

export interface PushService {
  /** `host:port`, to be allowed in the settings. */
  host: string;
  subscription: PushSubscription;
  received: { headers: Record<string, string | undefined>; text: string }[];
  /** What the next messages are answered with. */
  answer: number;
  close(): Promise<void>;
}

export async function startPushService(): Promise<PushService> {
  const keys = createECDH('prime256v1');
  const publicKey = keys.generateKeys();
  const auth = randomBytes(16);
  const service: Pick<PushService, 'received' | 'answer'> = { received: [], answer: 201 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { authorization, ttl, urgency, topic } = request.headers;
      service.received.push({
        headers: {
          authorization,
          ttl: String(ttl),
          urgency: String(urgency),
          topic: topic === undefined ? undefined : String(topic),
        },
        text: decrypt(Buffer.concat(chunks)),
      });
      response.writeHead(service.answer).end();
    });
  });

  function decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const idLength = body[20] ?? 0;
    const sender = body.subarray(21, 21 + idLength);
    const shared = keys.computeSecret(sender);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, sender]);
    const ikm = Buffer.from(hkdfSync('sha256', shared, auth, info, 32));
    const key = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16));
    const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12));
    const sealed = body.subarray(21 + idLength);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce);
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    // The last record ends with 2 and then zeros.
    return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8');
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(service, {
    host: `127.0.0.1:${port}`,
    subscription: {
      endpoint: `http://127.0.0.1:${port}/push/abc`,
      keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') },
    },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  });
}
