/** The scanner at a delivery door: asks whoever brings a parcel for proof, and the identity bridge whether it holds. */
import { z } from 'zod';
import type { Party } from './credentials.ts';

const ANSWER_WITHIN_MS = 10_000;
const challenge = z.object({ nonce: z.string(), audience: z.string() });
const verdict = z.object({ accepted: z.boolean(), reason: z.string().optional() });

/** What a courier has with him. */
export interface Courier {
  readonly handheld: Party;
  readonly credentials: readonly string[];
}

export class DoorScanner {
  readonly #url: string;
  readonly #token: string;

  /** @param url the cloud's address; @param token the device's own */
  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** A parcel is to be handed over. @throws Error where the bridge does not answer */
  async handOver({ handheld, credentials }: Courier, parcel: string): Promise<z.infer<typeof verdict>> {
    const asked = challenge.parse(await this.#post('/api/identity/challenge', {}));
    const presentation = handheld.present(credentials, asked);
    return verdict.parse(await this.#post('/api/identity/hand-over', { presentation, parcel }));
  }

  async #post(path: string, body: object): Promise<unknown> {
    const answer = await fetch(this.#url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
