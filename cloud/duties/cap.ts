/** A public warning as a message of the Common Alerting Protocol 1.2 (OASIS, 1 July 2010). Pure. */
import { z } from 'zod';
import { instant, plainText } from '../../devices/model/identifiers.ts';
import { wallOf } from '../reports/calendar.ts';

export const CAP_NAMESPACE = 'urn:oasis:names:tc:emergency:cap:1.2';

const words = (max: number) => plainText.min(1).max(max);

/** What a person says of a warning; sections 3.2.1 to 3.2.4. */
export const capRequest = z.strictObject({
  status: z.enum(['Actual', 'Exercise', 'System', 'Test', 'Draft']),
  msgType: z.enum(['Alert', 'Update', 'Cancel']),
  language: z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'expected a language such as en or de-DE'),
  category: z.enum([
    'Geo',
    'Met',
    'Safety',
    'Security',
    'Rescue',
    'Fire',
    'Health',
    'Env',
    'Transport',
    'Infra',
    'CBRNE',
    'Other',
  ]),
  event: words(128),
  responseType: z
    .enum(['Shelter', 'Evacuate', 'Prepare', 'Execute', 'Avoid', 'Monitor', 'Assess', 'AllClear', 'None'])
    .optional(),
  urgency: z.enum(['Immediate', 'Expected', 'Future', 'Past', 'Unknown']),
  severity: z.enum(['Extreme', 'Severe', 'Moderate', 'Minor', 'Unknown']),
  certainty: z.enum(['Observed', 'Likely', 'Possible', 'Unlikely', 'Unknown']),
  headline: words(160),
  description: words(2_000),
  instruction: plainText.max(2_000).optional(),
  web: z.url({ protocol: /^https?$/ }).optional(),
  contact: plainText.max(256).optional(),
  areaDesc: words(256),
  /** Latitude, longitude in degrees, radius in kilometres. */
  circle: z
    .strictObject({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      radiusKm: z.number().min(0).max(1_000),
    })
    .optional(),
  /** Until when it holds. */
  expiresAt: instant.optional(),
});
export type CapRequest = z.infer<typeof capRequest>;

export interface CapHead {
  identifier: string;
  /** As an address of ours: no blanks, commas, < or &. */
  sender: string;
  senderName: string;
  sentAt: number;
  timeZone: string;
  /** The message that an update or a cancel speaks of. */
  references?: string;
  incident: string;
}

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // What XML 1.0 has no place for.
    .replaceAll(/\p{Cs}|[\ufffe\uffff]/gu, '\ufffd');

/** `2026-11-23T14:05:00+01:00`; 3.3.2 knows no Z, and writes UTC as -00:00. */
export function capTime(at: number, timeZone: string): string {
  const second = Math.floor(at / 1_000) * 1_000;
  const wall = wallOf(timeZone, second);
  const minutes = Math.round((wall - second) / 60_000);
  const size = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  const sign = minutes > 0 ? '+' : '-';
  return `${new Date(wall).toISOString().slice(0, 19)}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Identifiers and senders must not hold what separates them (3.2.1). */
export const capName = (text: string): string =>
  text.replaceAll(/[\s,<&]+/g, '-').slice(0, 128) || 'gatehouse';

export function capXml(request: CapRequest, head: CapHead): string {
  const element = (name: string, value: string | undefined, indent: string): string[] =>
    value === undefined || value === '' ? [] : [`${indent}<${name}>${escaped(value)}</${name}>`];
  const { circle, expiresAt } = request;
  const time = (at: number) => capTime(at, head.timeZone);
  const info = '    ';
  // The order of the elements is the schema's.
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<alert xmlns="${CAP_NAMESPACE}">`,
    ...element('identifier', capName(head.identifier), '  '),
    ...element('sender', capName(head.sender), '  '),
    ...element('sent', time(head.sentAt), '  '),
    ...element('status', request.status, '  '),
    ...element('msgType', request.msgType, '  '),
    ...element('scope', 'Public', '  '),
    ...element('references', head.references, '  '),
    ...element('incidents', capName(head.incident), '  '),
    '  <info>',
    ...element('language', request.language, info),
    ...element('category', request.category, info),
    ...element('event', request.event, info),
    ...element('responseType', request.responseType, info),
    ...element('urgency', request.urgency, info),
    ...element('severity', request.severity, info),
    ...element('certainty', request.certainty, info),
    ...element('effective', time(head.sentAt), info),
    ...element('expires', expiresAt === undefined ? undefined : time(expiresAt), info),
    ...element('senderName', head.senderName, info),
    ...element('headline', request.headline, info),
    ...element('description', request.description, info),
    ...element('instruction', request.instruction, info),
    ...element('web', request.web, info),
    ...element('contact', request.contact, info),
    '    <area>',
    ...element('areaDesc', request.areaDesc, '      '),
    ...element(
      'circle',
      circle === undefined ? undefined : `${circle.latitude},${circle.longitude} ${circle.radiusKm}`,
      '      ',
    ),
    '    </area>',
    '  </info>',
    '</alert>',
    '',
  ];
  return lines.join('\n');
}
