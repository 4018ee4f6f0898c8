/**
 * The head of a syslog message: RFC 5424, RFC 3164 with the deviations that are met in the field, and the
 * lines that syslog daemons write into files (which have no priority). Pure.
 */
import {
  instantIn,
  isoInstant,
  millisecondsOf,
  monthOf,
  offsetMs,
  utcOf,
  type WallTime,
  yearIn,
} from './instants.ts';

export interface SyslogMessage {
  /** Absent in files. */
  facility?: number;
  /** 0 (emergency) to 7 (debug). Absent in files. */
  severity?: number;
  at?: number;
  host?: string;
  application?: string;
  processId?: string;
  messageId?: string;
  /** `origin.ip`, `exampleSDID@32473.eventID`: element and parameter, at most MAX_PARAMETERS. */
  parameters: Readonly<Record<string, string>>;
  text: string;
}

/** Structured data beyond this many parameters is passed over. */
const MAX_PARAMETERS = 64;
const MAX_HOST_LENGTH = 255;
const MAX_APPLICATION_LENGTH = 64;

const priority = /^<(\d{1,3})>/;
const none = '-';

/** A text says what is wrong. `timeZone` is that of times without one. */
export function readSyslogMessage(
  input: string,
  receivedAt: number,
  timeZone: string,
): SyslogMessage | string {
  // Some senders end a frame with a NUL, some with a line feed inside of the counted octets.
  let from = input.charCodeAt(0) === 0xfeff ? 1 : 0;
  let to = input.length;
  while (to > from && '\0\r\n'.includes(input.charAt(to - 1))) to--;
  const line = input.slice(from, to);
  if (line === '') return 'empty';
  const match = priority.exec(line);
  if (match === null) {
    if (line.startsWith('<')) return 'the priority is not like <34>';
    return readTraditional(line, {}, receivedAt, timeZone);
  }
  const value = Number(match[1]);
  if (value > 191) return `the priority ${value} is above 191`;
  const level = { facility: value >> 3, severity: value & 7 };
  from = match[0].length;
  if (line.startsWith('1 ', from)) {
    const read = readModern(line.slice(from + 2), level, timeZone);
    // A message that only looks like RFC 5424 is read as the old kind before it is given up.
    if (read !== undefined) return read;
  }
  return readTraditional(line.slice(from), level, receivedAt, timeZone);
}

interface Level {
  facility?: number;
  severity?: number;
}

/** RFC 5424, section 6, behind `<PRI>1 `. Undefined where the fields do not fit. */
function readModern(rest: string, level: Level, timeZone: string): SyslogMessage | undefined {
  const fields: string[] = [];
  let at = 0;
  for (let count = 0; count < 5; count++) {
    const end = rest.indexOf(' ', at);
    const field = rest.slice(at, end < 0 ? undefined : end);
    if (field === '') return undefined;
    fields.push(field);
    at = end < 0 ? rest.length : end + 1;
  }
  const [time = none, host = none, application = none, processId = none, messageId = none] = fields;
  const instant = isoInstant(time, timeZone);
  if (time !== none && instant === undefined) return undefined;
  const data = readStructuredData(rest, at);
  let text = rest.slice(data.end);
  if (text.startsWith(' ')) text = text.slice(1);
  // Section 6.4: a message in UTF-8 may say so with a byte order mark.
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  return {
    ...level,
    ...(instant === undefined ? {} : { at: instant }),
    ...(host === none ? {} : { host: host.slice(0, MAX_HOST_LENGTH) }),
    ...(application === none ? {} : { application: application.slice(0, MAX_APPLICATION_LENGTH) }),
    ...(processId === none ? {} : { processId: processId.slice(0, MAX_APPLICATION_LENGTH) }),
    ...(messageId === none ? {} : { messageId: messageId.slice(0, MAX_APPLICATION_LENGTH) }),
    parameters: data.parameters,
    text,
  };
}

/** Section 6.3: `-` or `[id name="value" …]…`. What does not fit belongs to the message: some leave it out. */
function readStructuredData(
  rest: string,
  start: number,
): { parameters: Record<string, string>; end: number } {
  const parameters: Record<string, string> = {};
  if (rest.charAt(start) === none && (start + 1 === rest.length || rest.charAt(start + 1) === ' '))
    return { parameters, end: start + 1 };
  let count = 0;
  let at = start;
  const nameEnd = (from: number): number => {
    let end = from;
    while (end < rest.length && !' =]"'.includes(rest.charAt(end))) end++;
    return end;
  };
  while (rest.charAt(at) === '[') {
    const idEnd = nameEnd(at + 1);
    if (idEnd === at + 1) return { parameters: {}, end: start };
    const id = rest.slice(at + 1, idEnd);
    at = idEnd;
    while (rest.charAt(at) === ' ') {
      const end = nameEnd(at + 1);
      if (end === at + 1 || rest.slice(end, end + 2) !== '="') return { parameters: {}, end: start };
      const name = rest.slice(at + 1, end);
      let value = '';
      at = end + 2;
      while (at < rest.length && rest.charAt(at) !== '"') {
        // Only these three are escaped; any other backslash stands for itself.
        if (rest.charAt(at) === '\\' && '"\\]'.includes(rest.charAt(at + 1)) && at + 1 < rest.length) at++;
        value += rest.charAt(at);
        at++;
      }
      if (at >= rest.length) return { parameters: {}, end: start };
      at++;
      if (++count <= MAX_PARAMETERS) parameters[`${id}.${name}`] = value;
    }
    if (rest.charAt(at) !== ']') return { parameters: {}, end: start };
    at++;
  }
  return { parameters, end: at };
}

/** Before the time, some devices put a sequence number, or a mark that their clock is not set. */
const cisco = /^(?:\d{1,10}: )?(?:[*.])?/;
const bsdTime =
  /^(?:(\d{4}) )?([A-Za-z]{3}) {1,2}(\d{1,2})(?: (\d{4}))? (\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?: (\d{4})(?=[ :]))?(?: ?(Z|UTC|GMT|CET|CEST|[+-]\d{2}:?\d{2})(?=[ :]))?:?(?: |$)/;
const isoTime = /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?):? /;
const zoneNames: Readonly<Record<string, string>> = {
  UTC: 'Z',
  GMT: 'Z',
  Z: 'Z',
  CET: '+01:00',
  CEST: '+02:00',
};

/** RFC 3164: `Nov 23 07:00:01 host application[123]: text`, each part of it optional in practice. */
function readTraditional(
  line: string,
  level: Level,
  receivedAt: number,
  timeZone: string,
): SyslogMessage | string {
  const prefix = cisco.exec(line)?.[0] ?? '';
  const dated = readTime(line.slice(prefix.length), receivedAt, timeZone);
  if (dated === undefined && level.severity === undefined) return 'neither a priority nor a time';
  let rest = dated === undefined ? line : line.slice(prefix.length + dated.length);
  // AIX names itself so.
  rest = rest.replace(/^Message forwarded from ([^\s:]{1,255}): /, '$1 ');
  let host: string | undefined;
  const first = /^([^\s:[\]]{1,255}) +/.exec(rest);
  // Without a time there is, by section 4.3.3, no host either; a word with a colon or a bracket is an application.
  if (dated !== undefined && first !== null && !isRepetition(rest)) {
    host = first[1];
    rest = rest.slice(first[0].length);
  }
  const tag =
    /^([A-Za-z0-9_./-]{1,64}(?:\([^()[\]:]{0,64}\))?)(?:\[([^\]\s]{1,64})\])?: ?/.exec(rest) ??
    /^([A-Za-z0-9_./-]{1,64})\[([^\]\s]{1,64})\] /.exec(rest);
  const application = tag?.[1]?.replace(/\(.*$/, '').replace(/^.*\//, '');
  return {
    ...level,
    ...(dated === undefined ? {} : { at: dated.at }),
    ...(host === undefined ? {} : { host }),
    ...(application === undefined || application === '' ? {} : { application }),
    ...(tag?.[2] === undefined ? {} : { processId: tag[2] }),
    parameters: {},
    text: rest.slice(tag?.[0].length ?? 0),
  };
}

const isRepetition = (rest: string) => /^(?:last message repeated|message repeated) \d/.test(rest);

function readTime(
  rest: string,
  receivedAt: number,
  timeZone: string,
): { at: number; length: number } | undefined {
  const iso = isoTime.exec(rest);
  if (iso?.[1] !== undefined) {
    const at = isoInstant(iso[1].replace(/ (?=Z|[+-])/, ''), timeZone);
    return at === undefined ? undefined : { at, length: iso[0].length };
  }
  const match = bsdTime.exec(rest);
  if (match === null) return undefined;
  const month = monthOf(match[2] ?? '');
  if (month === undefined) return undefined;
  const zone = match[10];
  const stated = match[1] ?? match[4] ?? match[9];
  const wall = (year: number): WallTime => ({
    year,
    month,
    day: Number(match[3]),
    hour: Number(match[5]),
    minute: Number(match[6]),
    second: Number(match[7]),
    millisecond: millisecondsOf(match[8]),
  });
  const instantOf = (year: number): number | undefined => {
    if (zone === undefined) return instantIn(timeZone, wall(year));
    const utc = utcOf(wall(year));
    const offset = offsetMs(zoneNames[zone] ?? zone);
    return utc === undefined || offset === undefined || utc < offset ? undefined : utc - offset;
  };
  const at =
    stated === undefined
      ? nearest(yearIn(timeZone, receivedAt), receivedAt, instantOf)
      : instantOf(Number(stated));
  return at === undefined ? undefined : { at, length: match[0].length };
}

/** A time without a year is of that year in which it lies nearest to its receipt: 31 December is last year's. */
function nearest(
  year: number,
  receivedAt: number,
  instantOf: (year: number) => number | undefined,
): number | undefined {
  let best: number | undefined;
  for (const candidate of [year, year - 1, year + 1]) {
    const at = instantOf(candidate);
    if (at === undefined) continue;
    if (best === undefined || Math.abs(at - receivedAt) < Math.abs(best - receivedAt)) best = at;
  }
  return best;
}
