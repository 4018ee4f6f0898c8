import { createHash, randomUUID } from 'node:crypto';

/** SOAP 1.2 as ONVIF uses it: enough of it to be a camera. */

export interface SoapRequest {
  /** Name of the body's first element, without its prefix: `GetProfiles`. */
  operation: string;
  body: string;
  security: 'none' | 'good' | 'wrong-password' | 'stale';
}

/** WS-Security: a digest older than this against the camera's own clock is refused (replay protection). */
export const DIGEST_LIFETIME_MS = 5_000;

const firstMatch = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1];

/**
 * Reads a request and judges its WS-Security UsernameToken
 * (Web Services Security UsernameToken Profile 1.0, section 3.1: digest = SHA-1(nonce + created + password)).
 */
export function readSoap(
  text: string,
  credentials: { username: string; password: string },
  cameraNow: number,
): SoapRequest | undefined {
  const body = firstMatch(text, /<(?:\w+:)?Body[^>]*>([\s\S]*)<\/(?:\w+:)?Body>/);
  const operation = body === undefined ? undefined : firstMatch(body, /<(?:\w+:)?(\w+)/);
  if (body === undefined || operation === undefined) return undefined;
  const username = firstMatch(text, /<(?:\w+:)?Username>([^<]*)</);
  const digest = firstMatch(text, /<(?:\w+:)?Password[^>]*>([^<]*)</);
  const nonce = firstMatch(text, /<(?:\w+:)?Nonce[^>]*>([^<]*)</);
  const created = firstMatch(text, /<(?:\w+:)?Created[^>]*>([^<]*)</);
  if (username === undefined || digest === undefined || nonce === undefined || created === undefined) {
    return { operation, body, security: 'none' };
  }
  const expected = createHash('sha1')
    .update(Buffer.from(nonce, 'base64'))
    .update(created)
    .update(credentials.password)
    .digest('base64');
  const known = username === credentials.username && digest === expected;
  const stale = Math.abs(cameraNow - Date.parse(created)) > DIGEST_LIFETIME_MS;
  return { operation, body, security: !known ? 'wrong-password' : stale ? 'stale' : 'good' };
}

const namespaces = [
  'xmlns:s="http://www.w3.org/2003/05/soap-envelope"',
  'xmlns:a="http://www.w3.org/2005/08/addressing"',
  'xmlns:tt="http://www.onvif.org/ver10/schema"',
  'xmlns:tds="http://www.onvif.org/ver10/device/wsdl"',
  'xmlns:trt="http://www.onvif.org/ver10/media/wsdl"',
  'xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl"',
  'xmlns:tev="http://www.onvif.org/ver10/events/wsdl"',
  'xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2"',
  'xmlns:tns1="http://www.onvif.org/ver10/topics"',
  'xmlns:ter="http://www.onvif.org/ver10/error"',
].join(' ');

export const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><s:Envelope ${namespaces}><s:Header><a:MessageID>urn:uuid:${randomUUID()}</a:MessageID></s:Header><s:Body>${body}</s:Body></s:Envelope>`;

/** A fault with its ONVIF subcode (ONVIF Core, section 5.8.2). */
export const fault = (subcode: string, reason: string): string =>
  envelope(
    `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:${subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">${reason}</s:Text></s:Reason></s:Fault>`,
  );

export const xmlTime = (at: number): string => new Date(at).toISOString();
