/**
 * Cameras that publish their ONVIF events over MQTT (ONVIF Core Specification, section 9.9, JSON encoding).
 *
 * - `<prefix>/onvif-ej/<topic>/…`: `{"UtcTime":…,"Source":{…},"Data":{…}}`; properties are retained, and an empty
 *   message takes one away
 *
 * The prefix is the camera's own; it may have several levels (Axis: `axis/<serial>`), and is the device's name.
 */
import { readNotice } from '../onvif/topics.ts';
import { field, isDeviceName, isObject, objectOf, quote } from './payload.ts';
import type { DeviceMessage, Profile, ProfileResult, Reading } from './profile.ts';

const NAME = 'onvif-mqtt';
const MARK = 'onvif-ej';
/** Levels that a prefix may have. */
const MAX_PREFIX_LEVELS = 4;

const items = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});

function read({ topic, payload }: DeviceMessage): ProfileResult {
  const levels = topic.split('/');
  const at = levels.indexOf(MARK);
  if (at < 1 || at > MAX_PREFIX_LEVELS || at === levels.length - 1) return { heard: [] };
  const prefix = levels.slice(0, at).join('/');
  if (!isDeviceName(prefix)) return { refused: `topic: ${quote(prefix)} is no name of a camera` };
  // The property is gone, for instance because a rule was taken off the camera: nothing has happened.
  if (payload.byteLength === 0) return { heard: [] };
  const document = objectOf(payload);
  if ('refused' in document) return document;
  const data = field(document.value, 'Data');
  if (data !== undefined && !isObject(data)) return { refused: `Data: ${quote(data)} is no object` };
  const notice = readNotice({
    topic: levels.slice(at + 1).join('/'),
    source: items(field(document.value, 'Source')),
    data: items(data),
  });
  const readings: Reading[] = notice !== undefined && 'reading' in notice ? [notice.reading] : [];
  return { heard: [{ device: `${NAME}:${prefix}`, readings }] };
}

const camera = 'onvif-mqtt:axis/B8A44F000001';
const said = (path: string, data: unknown, source: unknown = { VideoSourceConfigurationToken: '0' }) => ({
  topic: `axis/B8A44F000001/onvif-ej/${path}`,
  payload: JSON.stringify({ UtcTime: '2026-11-23T10:00:00.000Z', Source: source, Data: data }),
});

export const onvifMqtt: Profile<null> = {
  name: NAME,
  title: 'ONVIF camera over MQTT',
  filters: Array.from({ length: MAX_PREFIX_LEVELS }, (_, index) => `${'+/'.repeat(index + 1)}${MARK}/#`),
  // The standard knows no last will for cameras: a day without any event is strange.
  superviseMs: 24 * 3_600_000,
  memory: () => null,
  read: (message) => read(message),
  samples: [
    {
      name: 'something moves',
      ...said('RuleEngine/CellMotionDetector/Motion', { IsMotion: true }),
      expect: {
        heard: [
          {
            device: camera,
            readings: [meant('RuleEngine/CellMotionDetector/Motion', { IsMotion: true })],
          },
        ],
      },
    },
    {
      name: 'what the camera had stored: nothing moves',
      ...said('RuleEngine/CellMotionDetector/Motion', { IsMotion: 'false' }),
      retained: true,
      expect: {
        heard: [
          { device: camera, readings: [meant('RuleEngine/CellMotionDetector/Motion', { IsMotion: false })] },
        ],
      },
    },
    {
      name: 'a property is taken away',
      topic: 'axis/B8A44F000001/onvif-ej/RuleEngine/CellMotionDetector/Motion',
      payload: '',
      expect: { heard: [] },
    },
    {
      name: 'an event that says nothing to a shop is still a sign of life',
      ...said('Device/tnsaxis:Status/Temperature', { InRange: 1 }),
      expect: { heard: [{ device: camera, readings: [] }] },
    },
    {
      name: 'a camera whose prefix is its name alone',
      topic: 'back-camera/onvif-ej/VideoSource/MotionAlarm',
      payload: '{"UtcTime":"2026-11-23T10:00:00Z","Source":{"Source":"0"},"Data":{"State":"1"}}',
      expect: {
        heard: [
          {
            device: 'onvif-mqtt:back-camera',
            readings: [meant('VideoSource/MotionAlarm', { State: true }, { Source: '0' })],
          },
        ],
      },
    },
    {
      name: 'no document',
      topic: 'back-camera/onvif-ej/VideoSource/MotionAlarm',
      payload: 'on',
      expect: { refused: 'payload is not JSON: "on"' },
    },
  ],
};

/** The same words as over the camera's own event service: devices/onvif/topics.ts names the part. */
function meant(
  topic: string,
  data: Record<string, unknown>,
  source: Record<string, unknown> = { VideoSourceConfigurationToken: '0' },
): Reading {
  const notice = readNotice({ topic, source, data });
  if (notice === undefined || !('reading' in notice)) throw new RangeError(`${topic} has no meaning`);
  return notice.reading;
}
