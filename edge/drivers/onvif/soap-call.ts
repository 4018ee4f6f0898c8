import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { CameraAccess } from './camera-session.ts';
import { requestFrom } from './request.ts';

/** Answers to these calls are short. */
const MAX_ANSWER_BYTES = 64 * 1024;
const security = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';

/** Text as it may stand in XML. */
export const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export interface SoapCall {
  /** An operation without arguments. */
  operation: string;
  namespace: string;
  /** Absent: the camera's device service. */
  address?: string | undefined;
}

/**
 * A call that the library does not know, with the digest of the Web Services Security UsernameToken Profile 1.0
 * (section 3.1), made at the camera's time.
 * @returns the answer's text
 * @throws Error for anything but an answer
 */
export async function soapCall(
  { operation, namespace, address }: SoapCall,
  access: CameraAccess,
  clockOffsetMs: number,
  signal: AbortSignal,
): Promise<string> {
  const scheme = access.secure ? 'https' : 'http';
  const host = access.host.includes(':') ? `[${access.host}]` : access.host;
  const url = address ?? `${scheme}://${host}:${access.port}/onvif/device_service`;
  const created = new Date(Date.now() + clockOffsetMs).toISOString();
  const nonce = randomBytes(16);
  const digest = createHash('sha1').update(nonce).update(created).update(access.password).digest('base64');
  const body = [
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>',
    `<a:MessageID>urn:uuid:${randomUUID()}</a:MessageID><a:To s:mustUnderstand="1">${escaped(url)}</a:To>`,
    `<Security s:mustUnderstand="1" xmlns="${security}wssecurity-secext-1.0.xsd"><UsernameToken>`,
    `<Username>${escaped(access.username)}</Username>`,
    `<Password Type="${security}username-token-profile-1.0#PasswordDigest">${digest}</Password>`,
    `<Nonce EncodingType="${security}soap-message-security-1.0#Base64Binary">${nonce.toString('base64')}</Nonce>`,
    `<Created xmlns="${security}wssecurity-utility-1.0.xsd">${created}</Created></UsernameToken></Security>`,
    `</s:Header><s:Body><${operation} xmlns="${namespace}"/></s:Body></s:Envelope>`,
  ].join('');
  const contentType = `application/soap+xml;charset=utf-8;action="${namespace}/${operation}"`;
  const request = { method: 'POST', body, contentType, maxBytes: MAX_ANSWER_BYTES } as const;
  return Buffer.from(await requestFrom(url, request, access, signal)).toString('utf8');
}
