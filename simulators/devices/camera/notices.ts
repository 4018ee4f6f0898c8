/** Notices of the event service (ONVIF Core, section 9.5), as XML. */
import { xmlTime } from './soap.ts';

export interface Notice {
  /** As a maker writes it: `tns1:VideoSource/MotionAlarm`, `tns1:Device/Trigger/tnshik:AlarmIn`. */
  topic: string;
  source?: Readonly<Record<string, string>>;
  data: Readonly<Record<string, string | number | boolean>>;
  /** A property has a state that new clients are told; absent: it happens and is over. */
  isProperty?: boolean;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const items = (element: string, of: Readonly<Record<string, string | number | boolean>>): string =>
  `<tt:${element}>${Object.entries(of)
    .map(([name, value]) => `<tt:SimpleItem Name="${escaped(name)}" Value="${escaped(String(value))}"/>`)
    .join('')}</tt:${element}>`;

export function noticeXml(
  { topic, source = {}, data }: Notice,
  operation: 'Initialized' | 'Changed' | 'Deleted',
  at: number,
): string {
  return `<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">${topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="${xmlTime(at)}" PropertyOperation="${operation}">${items('Source', source)}${items('Data', data)}</tt:Message></wsnt:Message></wsnt:NotificationMessage>`;
}

/** The last word of each property, as new clients are told it. */
export const propertyKey = ({ topic, source = {} }: Notice): string => JSON.stringify([topic, source]);
