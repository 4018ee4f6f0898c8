import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type OnvifNotice, plainTopic, readNotice } from './topics.ts';

const dark = 'tns1:VideoSource/ImageTooDark/ImagingService';

const stateIn = (notice: OnvifNotice) => {
  const meaning = readNotice(notice);
  if (meaning === undefined || !('reading' in meaning) || meaning.reading.type !== 'state') return undefined;
  return `${meaning.reading.part} ${meaning.reading.property} ${meaning.reading.value}`;
};

test('a lens that goes dark is a picture obscured with its reason, and light makes it visible', () => {
  for (const value of [true, 'true', '1', 1]) {
    expect(readNotice({ topic: dark, operation: 'Changed', data: { State: value } })).toEqual({
      reading: {
        type: 'state',
        part: 'picture:dark',
        property: 'picture',
        value: 'obscured',
        facts: { reason: 'dark' },
      },
      isState: false,
    });
  }
  expect(stateIn({ topic: dark, data: { State: 'false' } })).toBe('picture:dark picture visible');
  expect(stateIn({ topic: dark, data: { State: 'perhaps' } })).toBeUndefined();
});

test('what is told at subscription is state, never news; of moments nothing is told then', () => {
  const meaning = readNotice({ topic: dark, operation: 'Initialized', data: { State: true } });
  expect(meaning).toMatchObject({ isState: true });
  const crossed = 'tns1:RuleEngine/LineDetector/Crossed';
  expect(readNotice({ topic: crossed, operation: 'Initialized', data: { ObjectId: 1 } })).toBeUndefined();
  expect(readNotice({ topic: crossed, operation: 'Deleted', data: { ObjectId: 1 } })).toBeUndefined();
});

test('a rule that is taken away has nothing to report any more', () => {
  const topic = 'tns1:RuleEngine/FieldDetector/ObjectsInside';
  expect(stateIn({ topic, operation: 'Deleted', source: { Rule: 'yard' }, data: {} })).toBe(
    'field:yard field clear',
  );
});

test.each([
  ['tns1:VideoSource/MotionAlarm//.', { Source: 'vs' }, { State: '1' }, 'motion:vs motion active'],
  [
    'tns1:RuleEngine/CellMotionDetector/Motion',
    { Rule: 'r1' },
    { IsMotion: false },
    'motion:cells:r1 motion clear',
  ],
  ['tns1:RuleEngine/MotionRegionDetector/Motion/', {}, { State: true }, 'motion:region motion active'],
  [
    'tns1:VideoSource/GlobalSceneChange/AnalyticsService',
    {},
    { State: true },
    'picture:moved picture obscured',
  ],
  [
    'tns1:VideoSource/ImageTooBlurry/RecordingService',
    {},
    { State: true },
    'picture:blurred picture obscured',
  ],
  ['tns1:VideoSource/ImageTooBright', {}, { State: true }, 'picture:bright picture obscured'],
  ['tns1:RuleEngine/TamperDetector/Tamper', {}, { IsTamper: 1 }, 'picture:tampered picture obscured'],
  ['tns1:VideoSource/SignalLoss', { Source: 'vs' }, { State: true }, 'signal:vs signal lost'],
  ['tns1:Device/Trigger/DigitalInput', { InputToken: '1' }, { LogicalState: 'true' }, 'input:1 input active'],
  ['tns1:Device/Trigger/tnshik:AlarmIn', { AlarmInToken: 'A' }, { State: 0 }, 'input:A input clear'],
  [
    'tns1:RuleEngine/FieldDetector/ObjectsInside',
    { Rule: 'y' },
    { IsInside: 'true' },
    'field:y field active',
  ],
  [
    'tns1:Device/HardwareFailure/StorageFailure',
    { Token: 's' },
    { Failed: true },
    'storage:s storage failed',
  ],
  ['tns1:Door/State/DoorPhysicalState', { DoorToken: 'd' }, { State: 'Open' }, 'contact:d contact open'],
  ['tns1:Door/State/LockPhysicalState', {}, { State: 'LockFault' }, 'lock lock jammed'],
  ['tns1:Door/State/DoorAlarm', {}, { State: 'DoorForcedOpen' }, 'door-alarm door-alarm active'],
  ['tns1:Door/State/DoorTamper', {}, { State: 'TamperDetected' }, 'tamper tamper active'],
  ['tns1:Door/State/DoorFault', {}, { State: 'NotInFault' }, 'fault fault clear'],
  ['tns1:RuleEngine/MyRuleDetector/PeopleDetect', {}, { State: true }, 'motion:people motion active'],
  ['tns1:RuleEngine/MyRuleDetector/Package', {}, { State: true }, 'motion:rule motion active'],
  ['tns1:RuleEngine/CellMotionDetector/People', {}, { IsPeople: true }, 'motion:people motion active'],
  ['tns1:RuleEngine/CellMotionDetector/Intrusion', {}, { IsIntrusion: true }, 'field field active'],
] as const)('%s', (topic, source, data, expected) => {
  expect(stateIn({ topic, operation: 'Changed', source, data })).toBe(expected);
});

describe('what happens and is over', () => {
  test('a line that is crossed has no end', () => {
    const topic = 'tns1:RuleEngine/LineDetector/Crossed';
    const notice = { topic, operation: 'Changed', source: { Rule: 'gate' }, data: { ObjectId: 15 } };
    expect(readNotice(notice)).toEqual({
      reading: {
        type: 'moment',
        part: 'line-crossed:gate',
        moment: 'line-crossed',
        facts: { rule: 'gate', object: '15' },
      },
      isState: false,
    });
  });

  test('a failed log-in names who and from where, as far as the maker says', () => {
    const topic = 'tns1:Device/SecurityPolicy/AuthFailed';
    expect(readNotice({ topic, data: { UserName: 'root\u0000', IPAddress: '10.0.0.9' } })).toMatchObject({
      reading: { moment: 'login-failed', subjects: { account: 'root' }, observables: { ip: '10.0.0.9' } },
    });
    expect(readNotice({ topic, data: {} })).toMatchObject({ reading: { moment: 'login-failed', facts: {} } });
  });

  test('a start is a time, and no time is no start', () => {
    const topic = 'tns1:Monitoring/OperatingTime/LastReboot';
    const status = (Status: unknown) => readNotice({ topic, operation: 'Initialized', data: { Status } });
    expect(status('2026-03-02T10:00:00Z')).toEqual({ rebootedAt: Date.UTC(2026, 2, 2, 10) });
    expect(status(new Date(5_000))).toEqual({ rebootedAt: 5_000 });
    for (const nonsense of ['0000-00-00T00:00:00Z', new Date(Number.NaN), 7, '1970-01-01T00:00:00Z'])
      expect(status(nonsense)).toBeUndefined();
  });
});

test('other topics and notices without their item say nothing', () => {
  expect(readNotice({ topic: 'tns1:Device/Trigger/Relay', data: { State: true } })).toBeUndefined();
  expect(readNotice({ topic: dark, data: {} })).toBeUndefined();
  expect(readNotice({ topic: 'constructor', data: { State: true } })).toBeUndefined();
});

test('a topic reads the same whatever its prefixes', () => {
  expect(plainTopic(' tns1:Device/Trigger/tnshik:AlarmIn//. ')).toBe('Device/Trigger/AlarmIn');
});

test('no notice makes it fail, and what it says fits into a record', () => {
  const topics = fc.oneof(
    fc.string(),
    fc.constantFrom(dark, 'tns1:Device/SecurityPolicy/AuthFailed', 'Door/State/DoorAlarm', 'a//./'),
  );
  const names = fc.oneof(fc.string(), fc.constantFrom('State', 'Rule', 'UserName', 'Source', '__proto__'));
  const items = fc.dictionary(names, fc.anything());
  fc.assert(
    fc.property(topics, items, items, (topic, source, data) => {
      const result = readNotice({ topic, source, data });
      if (result === undefined || 'rebootedAt' in result) return;
      expect(result.reading.part.length).toBeLessThanOrEqual(128);
    }),
  );
});
