/** In the forms that Frigate's documentation shows. */
import type { ProfileSample, Reading } from './profile.ts';

const yard = 'frigate:camera/yard';
const review = (type: string, id: string, severity: string) => ({
  topic: 'frigate/reviews',
  payload: JSON.stringify({
    type,
    before: { id, camera: 'yard', severity: 'detection' },
    after: {
      id,
      camera: 'yard',
      start_time: 1_718_987_129.308396,
      end_time: type === 'end' ? 1_718_987_148.879516 : null,
      severity,
      thumb_path: '/media/frigate/clips/review/thumb-yard.webp',
      data: {
        detections: ['1718987128.947436-g92ztx'],
        objects: ['person', 'car'],
        sub_labels: [],
        zones: ['delivery_ramp'],
        audio: [],
      },
    },
  }),
});
const motion = (value: 'active' | 'clear'): Reading => ({
  type: 'state',
  part: 'review',
  property: 'motion',
  value,
});
const seen = (id: string, severity: string): Reading => ({
  type: 'moment',
  part: 'review',
  moment: 'object-detected',
  facts: { review: id, severity, objects: 'person, car', zones: 'delivery_ramp' },
});

export const samples: readonly ProfileSample[] = [
  {
    name: 'somebody is recognised',
    ...review('new', 'a-1', 'detection'),
    expect: { heard: [{ device: yard, readings: [motion('active'), seen('a-1', 'detection')] }] },
  },
  {
    name: 'an update is no second detection',
    after: [review('new', 'a-1', 'detection')],
    ...review('update', 'a-1', 'detection'),
    expect: { heard: [{ device: yard, readings: [motion('active')] }] },
  },
  {
    name: 'it turns out to be more serious',
    after: [review('new', 'a-1', 'detection')],
    ...review('update', 'a-1', 'alert'),
    expect: { heard: [{ device: yard, readings: [motion('active'), seen('a-1', 'alert')] }] },
  },
  {
    name: 'one of two has gone: the other is still there',
    after: [review('new', 'a-1', 'alert'), review('new', 'a-2', 'alert')],
    ...review('end', 'a-1', 'alert'),
    expect: { heard: [{ device: yard, readings: [] }] },
  },
  {
    name: 'the last one has gone',
    after: [review('new', 'a-1', 'alert')],
    ...review('end', 'a-1', 'alert'),
    expect: { heard: [{ device: yard, readings: [motion('clear')] }] },
  },
  {
    name: 'an end that was missed is made up for by the status',
    after: [review('new', 'a-1', 'alert'), { topic: 'frigate/yard/review_status', payload: 'NONE' }],
    ...review('end', 'a-9', 'alert'),
    expect: { heard: [{ device: yard, readings: [motion('clear')] }] },
  },
  {
    name: 'what is under review when the gateway connects',
    topic: 'frigate/yard/review_status',
    payload: 'ALERT',
    retained: true,
    expect: { heard: [{ device: yard, readings: [motion('active')] }] },
  },
  {
    name: 'a camera that works',
    topic: 'frigate/yard/status/detect',
    payload: 'online',
    expect: {
      heard: [
        {
          device: yard,
          readings: [
            { type: 'state', part: 'online', property: 'online', value: 'online' },
            { type: 'state', part: 'picture', property: 'picture', value: 'visible' },
          ],
        },
      ],
    },
  },
  {
    name: 'its picture no longer comes in',
    topic: 'frigate/yard/status/detect',
    payload: 'offline',
    expect: {
      heard: [
        {
          device: yard,
          readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }],
        },
      ],
    },
  },
  {
    name: 'somebody has switched its detection off: it is blind',
    topic: 'frigate/yard/status/detect',
    payload: 'disabled',
    expect: {
      heard: [
        {
          device: yard,
          readings: [
            { type: 'state', part: 'online', property: 'online', value: 'online' },
            { type: 'state', part: 'picture', property: 'picture', value: 'obscured' },
          ],
        },
      ],
    },
  },
  {
    name: 'the live picture is there, and nothing is recorded',
    topic: 'frigate/yard/status/record',
    payload: 'offline',
    expect: {
      heard: [
        {
          device: yard,
          readings: [{ type: 'state', part: 'record', property: 'fault', value: 'active' }],
        },
      ],
    },
  },
  {
    name: 'the last will: the server is gone, and its cameras with it',
    after: [{ topic: 'frigate/yard/status/detect', payload: 'online' }],
    topic: 'frigate/available',
    payload: 'offline',
    expect: {
      heard: [
        {
          device: 'frigate:server',
          readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }],
        },
        {
          device: yard,
          readings: [
            { type: 'state', part: 'online', property: 'online', value: 'offline' },
            motion('clear'),
          ],
        },
      ],
    },
  },
  {
    name: 'the server is back; a camera whose picture had failed before is not',
    after: [
      { topic: 'frigate/yard/status/detect', payload: 'online' },
      { topic: 'frigate/ramp/status/detect', payload: 'offline' },
    ],
    topic: 'frigate/available',
    payload: 'online',
    expect: {
      heard: [
        {
          device: 'frigate:server',
          readings: [{ type: 'state', part: 'online', property: 'online', value: 'online' }],
        },
        {
          device: yard,
          readings: [{ type: 'state', part: 'online', property: 'online', value: 'online' }],
        },
      ],
    },
  },
  {
    name: 'a severity that is none',
    ...review('new', 'a-1', 'significant_motion'),
    expect: { refused: 'after.severity: "significant_motion" is none of detection, alert' },
  },
  {
    name: 'a review without a camera',
    topic: 'frigate/reviews',
    payload: '{"type":"new","after":{"id":"a-1"}}',
    expect: { refused: 'after.id, after.camera: a review has both' },
  },
  {
    name: 'changing pixels are nobody',
    topic: 'frigate/yard/motion',
    payload: 'ON',
    expect: { heard: [] },
  },
];
