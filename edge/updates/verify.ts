/** Whether a signed bundle is for this gateway, of its cloud, and newer than all before. Pure. */
import { createPublicKey, verify } from 'node:crypto';
import {
  type BundleStatement,
  bundleSigned,
  bundleStatement,
  type SignedBundle,
} from '../../devices/enrolment.ts';

export interface Expected {
  gateway: string;
  /** Keys that may sign: SubjectPublicKeyInfo, base64. */
  signers: readonly string[];
  /** Highest counter that was ever taken. */
  counter: number;
  /** Version of the software that runs. */
  version: string;
}

export type Verdict =
  | { statement: BundleStatement }
  /** `counter` where it is signed and for us: it need not be fetched again. */
  | { problem: string; counter?: number };

/** A statement that counts, or why it does not. */
export function verifyBundle({ statement, signature }: SignedBundle, expected: Expected): Verdict {
  const text = Buffer.from(statement, 'base64').toString('utf8');
  const signed = Buffer.from(bundleSigned(text));
  const isSigned = expected.signers.some((signer) => {
    try {
      const key = createPublicKey({ key: Buffer.from(signer, 'base64'), format: 'der', type: 'spki' });
      return (
        key.asymmetricKeyType === 'ed25519' && verify(null, signed, key, Buffer.from(signature, 'base64'))
      );
    } catch {
      return false;
    }
  });
  // Nothing of what it says is read before.
  if (!isSigned) return { problem: 'it is not signed by the cloud' };
  const result = bundleStatement.safeParse(jsonOf(text));
  if (!result.success)
    return { problem: `it can't be read: ${result.error.issues[0]?.message ?? 'malformed'}` };
  const { data } = result;
  if (data.gateway !== expected.gateway) return { problem: `it is for "${data.gateway}"` };
  if (data.counter <= expected.counter)
    return { problem: `it is number ${data.counter}, and ${expected.counter} was here already` };
  if (data.kind === 'update' && !isNewer(data.version, expected.version))
    return {
      problem: `${data.version} is not newer than ${expected.version}, which runs`,
      counter: data.counter,
    };
  return { statement: data };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of two versions as 1.2.3. */
export function isNewer(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split('.').map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (one?.[index] ?? 0) - (other?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
