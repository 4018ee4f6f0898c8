/**
 * Looks at a record of the commonest shape, an observation, without a schema: it must be quick and may only say
 * yes where the schema would. For everything else the schema decides (record.ts).
 */
import { clockQuality } from '../../devices/model/clock.ts';
import { MAX_IDENTIFIER_LENGTH } from '../../devices/model/identifiers.ts';
import { MAX_FIELDS, observationKinds } from '../../devices/model/observation.ts';
import { type UplinkRecord, uplinkRecord } from '../../devices/wire.ts';

const MAX_INSTANT = 8_640_000_000_000_000;
const MAX_SHORT_TEXT = 256;
const MAX_KEY = 64;
const MAX_VALUE = 512;
const MAX_BOOT = 64;
const recordFields: ReadonlySet<string> = new Set(Object.keys(uplinkRecord.shape));

const identifierPattern = /^[a-z0-9][a-z0-9._-]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose.
const plainPattern = /^[^\u0000-\u0008\u000b-\u001f\u007f]*$/;
const kinds: ReadonlySet<unknown> = new Set(Object.keys(observationKinds));
const qualities: ReadonlySet<unknown> = new Set(clockQuality.options);

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isInstant = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_INSTANT;
const isSequence = (value: unknown, least: number): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
const isIdentifier = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= MAX_IDENTIFIER_LENGTH && identifierPattern.test(value);
const isText = (value: unknown, most: number): boolean => typeof value === 'string' && value.length <= most;

function areFacts(value: unknown, textOnly: boolean): boolean {
  if (!isFields(value)) return false;
  let count = 0;
  for (const key in value) {
    const field = value[key];
    if (++count > MAX_FIELDS || key.length > MAX_KEY || key === '__proto__') return false;
    if (typeof field === 'string' ? field.length > MAX_VALUE : textOnly || !isPlainFact(field)) return false;
  }
  return true;
}

const isPlainFact = (field: unknown): boolean =>
  typeof field === 'boolean' || (typeof field === 'number' && Number.isFinite(field));

function areSubjects(value: unknown): boolean {
  if (!isFields(value)) return false;
  for (const key in value) {
    const field = value[key];
    if (
      key === 'badge'
        ? !isText(field, 64)
        : key === 'account'
          ? !isText(field, 128)
          : key !== 'identity' || !isIdentifier(field)
    )
      return false;
  }
  return true;
}

function isObservation(value: unknown): boolean {
  if (!isFields(value)) return false;
  let required = 0;
  for (const key in value) {
    const field = value[key];
    switch (key) {
      case 'id':
        if (!isText(field, MAX_SHORT_TEXT)) return false;
        required++;
        break;
      case 'kind':
        if (!kinds.has(field)) return false;
        required++;
        break;
      case 'site':
      case 'asset':
        if (!isIdentifier(field)) return false;
        required++;
        break;
      case 'source':
        if (typeof field !== 'string' || field.length > MAX_SHORT_TEXT || !plainPattern.test(field))
          return false;
        required++;
        break;
      case 'observedAt':
      case 'receivedAt':
        if (!isInstant(field)) return false;
        required++;
        break;
      case 'clock':
        if (!qualities.has(field)) return false;
        required++;
        break;
      case 'value':
        if (typeof field !== 'number' || !Number.isFinite(field)) return false;
        break;
      case 'subjects':
        if (!areSubjects(field)) return false;
        break;
      case 'observables':
      case 'facts':
        if (!areFacts(field, key === 'observables')) return false;
        break;
      default:
        return false;
    }
  }
  return required === 8;
}

/** True only for a sound record of an observation, exactly as the schema would give it back. */
export function isSoundObservationRecord(value: unknown): value is UplinkRecord {
  if (!isFields(value)) return false;
  const { sequence, after, at, boot, bootMs, body } = value;
  if (!isSequence(sequence, 1) || !isSequence(after, 0) || !isInstant(at) || !isFields(body)) return false;
  if (boot !== undefined && !isText(boot, MAX_BOOT)) return false;
  if (bootMs !== undefined && !isSequence(bootMs, 0)) return false;
  for (const key in value) if (!recordFields.has(key)) return false;
  for (const key in body) if (key !== 'type' && key !== 'observation') return false;
  return body.type === 'observation' && isObservation(body.observation);
}
