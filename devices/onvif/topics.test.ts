import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNotice } from './topics.ts';

const dark = 'tns1:VideoSource/ImageTooDark/ImagingService';

test('a lens that goes dark is a picture obscured, and light makes it visible', () => {
  for (const value of [true, 'true', '1', 1]) {
    expect(readNotice({ topic: dark, operation: 'Changed', data: { State: value } })).toEqual({
      reading: { type: 'state', part: 'picture', property: 'picture', value: 'obscured' },
      isState: false,
    });
  }
  expect(readNotice({ topic: dark, operation: 'Changed', data: { State: 'false' } })?.reading).toMatchObject({
    value: 'visible',
  });
});

test('what is told at subscription is state, never news', () => {
  expect(readNotice({ topic: dark, operation: 'Initialized', data: { State: true } })?.isState).toBe(true);
});

test('a topic may end with a slash, as some makers write it', () => {
  expect(
    readNotice({ topic: 'tns1:VideoSource/MotionAlarm//.', data: { State: '1' } })?.reading,
  ).toMatchObject({
    property: 'motion',
    value: 'active',
  });
});

test('other topics and notices without their item say nothing', () => {
  expect(readNotice({ topic: 'tns1:Device/Trigger/Relay', data: { State: true } })).toBeUndefined();
  expect(readNotice({ topic: dark, data: {} })).toBeUndefined();
});

test('no notice makes it fail', () => {
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.string(), fc.anything()), (topic, data) => {
      const result = readNotice({ topic, data });
      expect(result === undefined || result.reading.type === 'state').toBe(true);
    }),
  );
});
