/** Events of Windows as their collectors write them in JSON, brought under one roof. Pure. */
import { countAt, isObject, type JsonObject, objectAt, textAt } from './json-line.ts';

const MAX_DATA = 128;

/** An event under one roof, however its collector wrote it. */
export interface WindowsEvent {
  id: number;
  channel: string;
  at: unknown;
  computer: string | undefined;
  provider: string | undefined;
  level: number | undefined;
  data: Record<string, string>;
}

/** `EventData` as names and values: an object, or (XML made JSON) a list of `{"@Name", "#text"}`. */
function dataOf(object: JsonObject | undefined): Record<string, string> {
  const data: Record<string, string> = {};
  if (object === undefined) return data;
  let count = 0;
  const put = (name: string, value: unknown) => {
    if (count >= MAX_DATA || name === '__proto__') return;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return;
    data[name] = String(value);
    count++;
  };
  const list = object.Data;
  if (Array.isArray(list))
    list.slice(0, MAX_DATA).forEach((entry: unknown, index) => {
      if (isObject(entry))
        put(
          textAt(entry, '@Name') ?? textAt(entry, 'Name') ?? `param${index + 1}`,
          entry['#text'] ?? entry.Value,
        );
      else put(`param${index + 1}`, entry);
    });
  for (const key in object) if (key !== 'Data' || !Array.isArray(list)) put(key, object[key]);
  return data;
}

/** Winlogbeat and Elastic Agent: `winlog`; what the ECS says elsewhere is in `event_data` as well. */
export function ofWinlogbeat(entry: JsonObject): WindowsEvent | undefined {
  const log = objectAt(entry, 'winlog');
  const id = countAt(log, 'event_id');
  const channel = textAt(log, 'channel');
  if (log === undefined || id === undefined || channel === undefined) return undefined;
  const data = { ...dataOf(objectAt(log, 'user_data')), ...dataOf(objectAt(log, 'event_data')) };
  return {
    id,
    channel,
    at: textAt(log, 'time_created') ?? entry['@timestamp'],
    computer: textAt(log, 'computer_name') ?? textAt(objectAt(entry, 'host'), 'name'),
    provider: textAt(log, 'provider_name'),
    level: undefined,
    data,
  };
}

/** Windows' own XML as JSON: `{"Event":{"System":{…},"EventData":{…}}}`. */
export function ofXml(entry: JsonObject): WindowsEvent | undefined {
  const event = objectAt(entry, 'Event');
  const system = objectAt(event, 'System');
  const number = system?.EventID;
  const id = isObject(number) ? countAt(number, '#text') : countAt(system, 'EventID');
  const channel = textAt(system, 'Channel');
  if (id === undefined || channel === undefined) return undefined;
  const created = objectAt(system, 'TimeCreated');
  const attributes = objectAt(created, '#attributes') ?? created;
  const provider = objectAt(system, 'Provider');
  const data = dataOf(objectAt(event, 'EventData') ?? objectAt(event, 'UserData'));
  return {
    id,
    channel,
    at: attributes?.SystemTime ?? attributes?.['@SystemTime'],
    computer: textAt(system, 'Computer'),
    provider: textAt(objectAt(provider, '#attributes') ?? provider, 'Name'),
    level: countAt(system, 'Level'),
    data,
  };
}

/** The manager's form: small letters in front, `win.system` and `win.eventdata`. */
export function ofManager(win: JsonObject | undefined): WindowsEvent | undefined {
  const system = objectAt(win, 'system');
  const id = countAt(system, 'eventID');
  const channel = textAt(system, 'channel');
  if (id === undefined || channel === undefined) return undefined;
  const data: Record<string, string> = {};
  for (const [name, value] of Object.entries(dataOf(objectAt(win, 'eventdata'))))
    data[name.charAt(0).toUpperCase() + name.slice(1)] = value;
  return {
    id,
    channel,
    at: system?.systemTime,
    computer: textAt(system, 'computer'),
    provider: textAt(system, 'providerName'),
    level: countAt(system, 'level'),
    data,
  };
}

/** NXLog and many others: everything on one floor. */
export function ofFlat(entry: JsonObject): WindowsEvent | undefined {
  const id = countAt(entry, 'EventID') ?? countAt(entry, 'EventId');
  const channel = textAt(entry, 'Channel') ?? textAt(entry, 'LogName');
  if (id === undefined || channel === undefined) return undefined;
  return {
    id,
    channel,
    at: entry.EventTime ?? entry.TimeCreated ?? entry['@timestamp'] ?? entry.EventReceivedTime,
    computer: textAt(entry, 'Hostname') ?? textAt(entry, 'Computer') ?? textAt(entry, 'MachineName'),
    provider: textAt(entry, 'SourceName') ?? textAt(entry, 'ProviderName'),
    level: undefined,
    data: dataOf(entry),
  };
}
