/** From a profile that was written in YAML to one that reads. */
import { badge, Findings, measurement, stateOf, type Words } from './capabilities.ts';
import { scannedItem } from './gs1.ts';
import { isDeviceName, jsonOf, quote, textOf } from './payload.ts';
import type { Profile } from './profile.ts';
import { deviceIn, filterOf, topicFor } from './topic-pattern.ts';
import { converter, rounded } from './units.ts';
import { parseValuePath, type ValuePath, valueAt } from './value-path.ts';
import type { WrittenField, WrittenProfile } from './written-profile-schema.ts';

/** The message: as text, and as JSON where a field asks for that. */
interface Said {
  text: string;
  document: unknown;
  receivedAt: number;
}

/** Reads one field. False: it is not in the message. */
type FieldReader = (said: Said, into: Findings) => boolean;

type Written = Omit<WrittenProfile, 'samples'>;

/** A path that the schema has accepted. */
function pathOf(text: string): ValuePath {
  const read = parseValuePath(text);
  if ('refused' in read) throw new RangeError(read.refused);
  return read.value;
}

/** Words are compared as text: `1`, `"1"` and `true`, `"true"` are the same to whoever writes them. */
const asWord = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;

function wordsOf(words: WrittenField['words'] = {}): Words {
  return Object.fromEntries(Object.entries(words).map(([value, said]) => [value, said.map(String)]));
}

function fieldReader(field: WrittenField): FieldReader {
  const { quantity, property, moment, position, scale = 1, offset = 0 } = field;
  if (position !== undefined) return positionReader(field, position);
  const path = field.path === undefined ? undefined : pathOf(field.path);
  const where = field.path ?? 'message';
  const part = field.part ?? quantity ?? property ?? moment ?? where;
  const valueIn = ({ text, document }: Said): unknown =>
    path === undefined ? text.trim() : valueAt(document, path);
  const reader =
    (read: (value: unknown, into: Findings, said: Said) => void): FieldReader =>
    (said, into) => {
      const value = valueIn(said);
      if (value === undefined) return false;
      read(value, into, said);
      return true;
    };
  if (quantity !== undefined) {
    const convert = field.unit === undefined ? undefined : converter(quantity, field.unit);
    const capability = measurement(quantity, (value) => {
      const scaled = rounded(value * scale + offset);
      return convert === undefined ? scaled : convert(scaled);
    });
    return reader((value, into) => capability(value, part, where, into));
  }
  if (property !== undefined) {
    const capability = stateOf(property, wordsOf(field.words));
    return reader((value, into) => capability(asWord(value), part, where, into));
  }
  if (moment === 'badge-presented') {
    const capability = badge();
    return reader((value, into) => capability(value, part, where, into));
  }
  if (moment === 'item-scanned')
    return reader((value, into, { receivedAt }) => {
      const text = asWord(value);
      const item = typeof text === 'string' ? scannedItem(text, receivedAt) : { refused: 'is no text' };
      if ('refused' in item) into.refuse(where, item.refused);
      else into.readings.push({ type: 'moment', part, moment, facts: item.value });
    });
  const pressed = new Set((field.words?.pressed ?? []).map(String));
  return reader((value, into) => {
    if (value === null) return;
    const said = asWord(value);
    if (typeof said === 'string' && pressed.has(said) && moment !== undefined)
      into.readings.push({ type: 'moment', part, moment });
    // A button that is let go, or another button of the same device: nothing was pressed.
  });
}

function positionReader(
  field: WrittenField,
  { latitude, longitude, speedKmh }: NonNullable<WrittenField['position']>,
): FieldReader {
  const north = pathOf(latitude);
  const east = pathOf(longitude);
  const speed = speedKmh === undefined ? undefined : pathOf(speedKmh);
  const part = field.part ?? 'position';
  return ({ document }, into) => {
    const [lat, lon] = [valueAt(document, north), valueAt(document, east)];
    if (lat === undefined && lon === undefined) return false;
    // A receiver that does not know writes null.
    if (lat === null || lon === null) return true;
    const isDegrees = (value: unknown, most: number): value is number =>
      typeof value === 'number' && Math.abs(value) <= most;
    if (!isDegrees(lat, 90)) into.refuse(latitude, `${quote(lat)} is no latitude`);
    else if (!isDegrees(lon, 180)) into.refuse(longitude, `${quote(lon)} is no longitude`);
    else {
      const fast = speed === undefined ? undefined : valueAt(document, speed);
      const known = typeof fast === 'number' && fast >= 0 && fast < 1_000 ? { speedKmh: fast } : {};
      into.readings.push({ type: 'position', part, latitude: lat, longitude: lon, ...known });
    }
    return true;
  };
}

/** The profile that a description makes. */
export function profileFrom(written: Written): Profile<null> {
  const { name, title, superviseMs, messages, commands } = written;
  const read = messages.map(({ topic, fields }) => ({
    topic,
    needsJson: fields.some(({ path, position }) => path !== undefined || position !== undefined),
    places: fields.map(({ path, position }) => path ?? position?.latitude ?? 'message').join(', '),
    readers: fields.map(fieldReader),
  }));
  return {
    name,
    title,
    filters: [...new Set(messages.map(({ topic }) => filterOf(topic)))],
    superviseMs,
    memory: () => null,
    read({ topic, payload, receivedAt }) {
      // The empty message takes a retained one away: nothing is said.
      if (payload.byteLength === 0) return { heard: [] };
      const findings = new Findings();
      const places: string[] = [];
      let device: string | undefined;
      let isFound = false;
      for (const each of read) {
        const named = deviceIn(each.topic, topic);
        if (named === undefined) continue;
        if (!isDeviceName(named)) return { refused: `topic: ${quote(named)} is no name of a device` };
        // Two patterns may see two names in one topic; the first one written counts.
        device ??= named;
        if (named !== device) continue;
        places.push(each.places);
        const text = textOf(payload);
        if ('refused' in text) return text;
        const document = each.needsJson ? jsonOf(payload) : { value: undefined };
        if ('refused' in document) {
          findings.refuse('message', document.refused);
          continue;
        }
        const said: Said = { text: text.value, document: document.value, receivedAt };
        for (const reader of each.readers) isFound = reader(said, findings) || isFound;
      }
      if (device === undefined) return { heard: [] };
      if (!isFound && findings.problems.length === 0)
        return { refused: `the message has none of ${places.join(', ')}` };
      return findings.result(`${name}:${device}`);
    },
    command(device, part, action) {
      const known = commands.find((each) => each.part === part && each.action === action);
      const topic = known && topicFor(known.topic, device.slice(name.length + 1));
      return known === undefined || topic === undefined ? undefined : { topic, payload: known.payload };
    },
    // Checked against the configuration's own form by written-profile-samples.ts.
    samples: [],
  };
}
