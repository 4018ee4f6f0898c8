/**
 * What the firmware bridge says of a device that it speaks with (firmware-bridge/links):
 *
 * - `<family>/<node>/online`, retained, last will: `true` | `false`
 * - `<family>/<node>/state`, QoS 1: JSON, numbered by `boot` and `sequence`; with `ageMs` where it had to wait
 * - `<family>/<node>/command`, where the family takes any
 *
 * A profile of such a family is the fields of its state; the rest is the same for all and is here.
 */
import { Findings, online } from './capabilities.ts';
import { field, isDeviceName, type JsonObject, objectOf, quote, textOf } from './payload.ts';
import type { DeviceMessage, Heard, Profile, ProfileResult } from './profile.ts';

const MAX_BOOT_LENGTH = 64;
/** A report that waited for less is as good as prompt. */
const PROMPT_MS = 1_000;
/** A node's own counter of milliseconds wraps after 49 days; what it says to be older is wrong. */
const MAX_AGE_MS = 49 * 24 * 3_600_000;
/** The bridge repeats each state once a minute; five minutes leave room for a slow network. */
const SUPERVISE_MS = 5 * 60_000;

const connection = online({ online: ['true'], offline: ['false'] });

export interface BridgeFamily {
  /** Name of the profile, and beginning of its devices' addresses. */
  name: string;
  title: string;
  /** First level of its topics. */
  family: string;
  /** Reads the fields of one state. */
  read(document: JsonObject, into: Findings, receivedAt: number): void;
  command?: Profile<null>['command'];
  samples: Profile<null>['samples'];
}

function numbered(document: JsonObject): Heard['deviceSequence'] {
  const boot = field(document, 'boot');
  const sequence = field(document, 'sequence');
  return isDeviceName(boot) &&
    boot.length <= MAX_BOOT_LENGTH &&
    typeof sequence === 'number' &&
    Number.isSafeInteger(sequence) &&
    sequence >= 0
    ? { boot, sequence }
    : undefined;
}

function madeAt(document: JsonObject, receivedAt: number, into: Findings): number | undefined {
  const ageMs = field(document, 'ageMs');
  if (ageMs === undefined || ageMs === null) return undefined;
  if (typeof ageMs !== 'number' || !(ageMs >= 0 && ageMs <= MAX_AGE_MS)) {
    into.refuse('ageMs', `${quote(ageMs)} is no age from 0 to ${MAX_AGE_MS} ms`);
    return undefined;
  }
  return ageMs < PROMPT_MS ? undefined : Math.max(0, Math.round(receivedAt - ageMs));
}

export function bridgeFamily(of: BridgeFamily): Profile<null> {
  const { name, title, family, samples } = of;
  const read = ({ topic, payload, receivedAt }: DeviceMessage): ProfileResult => {
    const [first, node, kind, ...rest] = topic.split('/');
    if (first !== family || rest.length > 0 || (kind !== 'online' && kind !== 'state')) return { heard: [] };
    if (!isDeviceName(node)) return { refused: `topic: ${quote(node)} is no name of a device` };
    if (payload.byteLength === 0) return { heard: [] };
    const device = `${name}:${node}`;
    const findings = new Findings();
    if (kind === 'online') {
      const text = textOf(payload);
      if ('refused' in text) return text;
      connection(text.value, 'online', 'online', findings);
      return findings.result(device);
    }
    const document = objectOf(payload);
    if ('refused' in document) return document;
    const deviceSequence = numbered(document.value);
    if (deviceSequence === undefined)
      return { refused: 'boot, sequence: a state needs a text boot and a whole number sequence' };
    of.read(document.value, findings, receivedAt);
    const seenAt = madeAt(document.value, receivedAt, findings);
    return findings.result(device, { deviceSequence, ...(seenAt === undefined ? {} : { seenAt }) });
  };
  return {
    name,
    title,
    filters: [`${family}/+/online`, `${family}/+/state`],
    superviseMs: SUPERVISE_MS,
    memory: () => null,
    read: (message) => read(message),
    ...(of.command === undefined ? {} : { command: of.command }),
    samples,
  };
}
