/**
 * Frigate, a recorder that recognises people and vehicles in cameras' pictures (its documentation, MQTT; 0.14 and
 * later for reviews, 0.16 for the state of each role).
 *
 * - `frigate/available`, retained, last will: `online` | `offline`
 * - `frigate/reviews`: one review is one detection, told as `new`, `update`, `end`, and named by `after.id`
 * - `frigate/<camera>/review_status`, retained: `NONE` | `DETECTION` | `ALERT`
 * - `frigate/<camera>/status/<role>`, retained: `online` | `offline` | `disabled`
 *
 * `frigate/<camera>/motion` is not read: it tells of changing pixels, shadows and rain among them, and not of somebody.
 */
import { Findings, online, resultOf, WATCHED_BY_LAST_WILL } from './capabilities.ts';
import { samples } from './frigate-samples.ts';
import { BoundedMap, tooMany } from './memory.ts';
import { field, isDeviceName, nameIn, objectOf, quote, textOf } from './payload.ts';
import type { DeviceMessage, Heard, Profile, ProfileResult, Reading } from './profile.ts';

const NAME = 'frigate';
const SERVER = `${NAME}:server`;
const addressOf = (camera: string): string => `${NAME}:camera/${camera}`;
/** Reviews that are under way at once, of all cameras; a site has some. */
const MAX_REVIEWS = 500;
const MAX_LISTED = 16;

type Severity = 'detection' | 'alert';

interface Memory {
  /** Reviews under way, by id. */
  reviews: BoundedMap<{ camera: string; severity: Severity }>;
  /** Cameras that were heard of, and whether their picture comes in. */
  cameras: BoundedMap<boolean>;
}

const connection = online({ online: ['online'], offline: ['offline'] });
const state = (
  part: string,
  property: 'motion' | 'online' | 'picture' | 'fault',
  value: 'active' | 'clear' | 'online' | 'offline' | 'obscured' | 'visible',
): Reading => ({ type: 'state', part, property, value });

/** The server's word goes for its cameras: without it nobody looks at their pictures. */
function readAvailable(payload: Uint8Array, memory: Memory): ProfileResult {
  const text = textOf(payload);
  if ('refused' in text) return text;
  if (text.value === '') return { heard: [] };
  const findings = new Findings();
  connection(text.value, 'online', 'available', findings);
  const isGone = text.value === 'offline';
  if (isGone) memory.reviews.clear();
  const cameras = [...memory.cameras.entries()].map(
    ([camera, works]): Heard => ({
      device: addressOf(camera),
      readings: isGone
        ? [state('online', 'online', 'offline'), state('review', 'motion', 'clear')]
        : works
          ? [state('online', 'online', 'online')]
          : [],
    }),
  );
  const heard = [{ device: SERVER, readings: findings.readings }, ...cameras];
  return resultOf(
    heard.filter(({ readings }) => readings.length > 0),
    findings.problems,
  );
}

/** The detecting role is the camera's eye: without it the camera is blind. Others fail for themselves. */
function readRole(camera: string, role: string, payload: Uint8Array, memory: Memory): ProfileResult {
  const text = textOf(payload);
  if ('refused' in text) return text;
  const said = text.value;
  if (said === '') return { heard: [] };
  if (said !== 'online' && said !== 'offline' && said !== 'disabled')
    return { refused: `status/${role}: ${quote(said)} is none of online, offline, disabled` };
  const device = addressOf(camera);
  if (role !== 'detect')
    return {
      heard: [{ device, readings: [state(role, 'fault', said === 'online' ? 'clear' : 'active')] }],
    };
  if (!memory.cameras.set(camera, said === 'online')) return { refused: tooMany('cameras') };
  const readings: Reading[] = [state('online', 'online', said === 'offline' ? 'offline' : 'online')];
  // Switched off, it is there and sees nothing.
  if (said !== 'offline')
    readings.push(state('picture', 'picture', said === 'online' ? 'visible' : 'obscured'));
  return { heard: [{ device, readings }] };
}

function readReviewStatus(camera: string, payload: Uint8Array, memory: Memory): ProfileResult {
  const text = textOf(payload);
  if ('refused' in text) return text;
  const said = text.value;
  if (said === '') return { heard: [] };
  if (said !== 'NONE' && said !== 'DETECTION' && said !== 'ALERT')
    return { refused: `review_status: ${quote(said)} is none of NONE, DETECTION, ALERT` };
  const isQuiet = said === 'NONE';
  // An end that was missed is made up for.
  if (isQuiet)
    for (const [id, review] of [...memory.reviews.entries()])
      if (review.camera === camera) memory.reviews.delete(id);
  return {
    heard: [
      { device: addressOf(camera), readings: [state('review', 'motion', isQuiet ? 'clear' : 'active')] },
    ],
  };
}

/** Words of a list, as one text. */
const listed = (value: unknown): string | undefined => {
  if (!Array.isArray(value)) return undefined;
  const words = value.filter(isDeviceName).slice(0, MAX_LISTED);
  return words.length === 0 ? undefined : words.join(', ').slice(0, 512);
};

function readReview(payload: Uint8Array, memory: Memory): ProfileResult {
  if (payload.byteLength === 0) return { heard: [] };
  const document = objectOf(payload);
  if ('refused' in document) return document;
  const type = field(document.value, 'type');
  const after = field(document.value, 'after');
  const [id, camera, severity] = [nameIn(after, 'id'), nameIn(after, 'camera'), field(after, 'severity')];
  if (type !== 'new' && type !== 'update' && type !== 'end')
    return { refused: `type: ${quote(type)} is none of new, update, end` };
  if (id === undefined || camera === undefined)
    return { refused: 'after.id, after.camera: a review has both' };
  if (severity !== 'detection' && severity !== 'alert')
    return { refused: `after.severity: ${quote(severity)} is none of detection, alert` };
  const device = addressOf(camera);
  const before = memory.reviews.get(id);
  if (type === 'end') {
    memory.reviews.delete(id);
    const isGoingOn = [...memory.reviews.values()].some((review) => review.camera === camera);
    return {
      heard: [{ device, readings: isGoingOn ? [] : [state('review', 'motion', 'clear')] }],
    };
  }
  if (!memory.reviews.set(id, { camera, severity }))
    return { refused: `more than ${MAX_REVIEWS} reviews at once` };
  if (memory.cameras.get(camera) === undefined) memory.cameras.set(camera, true);
  const readings: Reading[] = [state('review', 'motion', 'active')];
  // Told once, and once more where it turned out to be more serious; not for every update.
  if (before === undefined || (before.severity === 'detection' && severity === 'alert')) {
    const data = field(after, 'data');
    const [objects, zones] = [listed(field(data, 'objects')), listed(field(data, 'zones'))];
    readings.push({
      type: 'moment',
      part: 'review',
      moment: 'object-detected',
      facts: {
        review: id,
        severity,
        ...(objects === undefined ? {} : { objects }),
        ...(zones === undefined ? {} : { zones }),
      },
    });
  }
  return { heard: [{ device, readings }] };
}

function read({ topic, payload }: DeviceMessage, memory: Memory): ProfileResult {
  if (topic === 'frigate/available') return readAvailable(payload, memory);
  if (topic === 'frigate/reviews') return readReview(payload, memory);
  const [, camera, kind, role, ...rest] = topic.split('/');
  if (rest.length > 0 || (kind !== 'status' && kind !== 'review_status')) return { heard: [] };
  if (!isDeviceName(camera)) return { refused: `topic: ${quote(camera)} is no name of a camera` };
  if (kind === 'review_status')
    return role === undefined ? readReviewStatus(camera, payload, memory) : { heard: [] };
  return isDeviceName(role) ? readRole(camera, role, payload, memory) : { heard: [] };
}

export const frigate: Profile<Memory> = {
  name: NAME,
  title: 'Frigate (cameras that recognise people)',
  filters: ['frigate/available', 'frigate/reviews', 'frigate/+/status/+', 'frigate/+/review_status'],
  superviseMs: WATCHED_BY_LAST_WILL,
  memory: () => ({ reviews: new BoundedMap(MAX_REVIEWS), cameras: new BoundedMap() }),
  read,
  samples,
};
