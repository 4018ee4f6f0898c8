/** Reading the bytes of a message: nothing in here throws, every refusal says what and where. */

/** No message of one device comes near this; a longer one is a mistake or an attack. */
export const MAX_PAYLOAD_BYTES = 64 * 1024;
/** Longest device name taken from a topic or a document, so that an address fits an observation's source. */
export const MAX_DEVICE_NAME_LENGTH = 200;
/** Longest word quoted in a refusal. */
const MAX_QUOTE_LENGTH = 60;

export type Read<Value> = { value: Value } | { refused: string };
export type JsonObject = Record<string, unknown>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A value as it may stand in a message for people: short and without control characters. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : kindOf(value);
  const plain = [...text.slice(0, MAX_QUOTE_LENGTH)].map((character) => (character < ' ' ? '·' : character));
  return plain.join('') + (text.length > MAX_QUOTE_LENGTH ? '…' : '');
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

export function textOf(payload: Uint8Array, maxBytes = MAX_PAYLOAD_BYTES): Read<string> {
  if (payload.byteLength > maxBytes)
    return { refused: `payload of ${payload.byteLength} bytes, ${maxBytes} is the most` };
  try {
    return { value: utf8.decode(payload) };
  } catch {
    return { refused: 'payload is not UTF-8 text' };
  }
}

export function jsonOf(payload: Uint8Array, maxBytes = MAX_PAYLOAD_BYTES): Read<unknown> {
  const text = textOf(payload, maxBytes);
  if ('refused' in text) return text;
  try {
    return { value: JSON.parse(text.value) };
  } catch {
    return { refused: `payload is not JSON: ${quote(text.value)}` };
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function objectOf(payload: Uint8Array, maxBytes = MAX_PAYLOAD_BYTES): Read<JsonObject> {
  const json = jsonOf(payload, maxBytes);
  if ('refused' in json) return json;
  return isObject(json.value)
    ? { value: json.value }
    : { refused: `payload is ${quote(json.value)}, expected a JSON object` };
}

/** A field of a document, never of its prototype. */
export const field = (object: unknown, name: string): unknown =>
  isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose.
const printable = /^[^\u0000-\u001f\u007f]+$/;

/** Whether a name can be part of a device's address and shown to people. */
export const isDeviceName = (name: unknown): name is string =>
  typeof name === 'string' && name.length <= MAX_DEVICE_NAME_LENGTH && printable.test(name);

/** A name for people from a document, or nothing where it has none that can be shown. */
export const nameIn = (object: unknown, name: string): string | undefined => {
  const value = field(object, name);
  return isDeviceName(value) ? value : undefined;
};
