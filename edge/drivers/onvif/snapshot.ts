import type { CertificateTrust } from './certificate-trust.ts';
import type { HttpCredentials } from './http-digest.ts';
import { requestFrom } from './request.ts';

/** Largest snapshot that is taken from a camera: a 4K frame of high quality. */
export const MAX_SNAPSHOT_BYTES = 4 * 1024 * 1024;

/** Start of image, then a marker: ISO/IEC 10918-1, annex B. */
export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/**
 * Fetches a JPEG with the camera's password.
 * @throws Error that says what the camera answered instead
 */
export async function fetchSnapshot(
  uri: string,
  credentials: HttpCredentials & { trust?: CertificateTrust },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const wanted = { method: 'GET', maxBytes: MAX_SNAPSHOT_BYTES } as const;
  const picture = await requestFrom(uri, wanted, credentials, signal);
  if (!isJpeg(picture)) throw new Error('snapshot: not a JPEG');
  return picture;
}
