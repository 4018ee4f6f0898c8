import type { DetectionWords, Sentence } from './sentence.ts';

const armed: Sentence = [[{ armingMode: ['away', 'night'] }, 'The alarm is armed.']];
const closed: Sentence = [[{ isOpen: false }, 'The site is closed.']];

export const en: DetectionWords = {
  sentences: {
    'opened-after-hours': [
      [
        '{name} was opened outside opening hours by {who}.',
        '{name} was opened outside opening hours, with no badge or exit button to explain it.',
      ],
      armed,
    ],
    'forced-open': [
      ['{name} was forced open: no badge was granted, no exit button pressed, no command given.'],
      [
        [{ lastHow: 'denied' }, 'Last there, and refused: {lastWho}.'],
        [{ lastHow: 'exit' }, 'Last there, leaving: {lastWho}.'],
        'Last there: {lastWho}.',
      ],
      armed,
    ],
    'held-open': [
      [
        [{ stage: 'pre-alarm' }, '{name} is still open after {openMs}.'],
        '{name} has been held open for {openMs}.',
        '{name} is held open.',
      ],
    ],
    'temperature-excursion': [
      [
        [
          { phase: 'recovered' },
          '{name} is back within {minCelsius} to {maxCelsius}: it was {side} for {durationMs} and reached {peakCelsius}.',
        ],
        '{name} has been {side} its band of {minCelsius} to {maxCelsius} for {durationMs} and reached {peakCelsius}.',
      ],
      [
        [
          { gapMs: true, phase: ['warning', 'excursion'] },
          'Without a reading for {gapMs} of it: that counts as out of band.',
        ],
      ],
      [[{ doorOpenedAt: true }, 'Its door is open.']],
    ],
    'silent-device': [['{name} has been silent for {silentMs}.'], armed],
    'low-battery': [['The battery of {name} is low: {percent}.', 'The battery of {name} is low.']],
    tamper: [['{name} is being tampered with: its housing was opened or it was moved.'], armed],
    'camera-obscured': [
      ['{name} sees nothing any more: its picture is dark, covered or turned away.'],
      armed,
      closed,
    ],
    'camera-blind': [['{name} is blind: {causes}.', '{name} is blind.'], armed, closed],
    'camera-login-failures': [
      [
        '{failures} sign-ins at {name} failed, the last as {account}.',
        '{failures} sign-ins at {name} failed.',
      ],
    ],
    'camera-not-recording': [['{name} can’t record any more: its storage has failed.'], armed],
    'camera-replaced': [
      [
        'Another camera answers in the place of {name}, with the serial number {now}.',
        'Another camera answers in the place of {name}.',
      ],
      armed,
    ],
    'door-controller-alarm': [
      [
        [{ alarm: 'DoorForcedOpen' }, 'The controller of {name} says that it was forced.'],
        'The controller of {name} says: {alarm}.',
        'The controller of {name} raises an alarm.',
      ],
      armed,
    ],
    duress: [['{by} acts under threat.', 'Somebody at {name} acts under threat.']],
    flapping: [
      [
        [{ phase: 'calm' }, '{name} is calm again after {changes} changes.'],
        [{ phase: 'continues' }, '{name} still changes its state: {changes} times by now.'],
        '{name} changed its state {changes} times: a loose contact, or somebody is trying it. Its alarms are folded until it is calm.',
      ],
      [[{ folded: true }, '{folded} alarms were folded.']],
    ],
    'cabinet-opened': [
      [[{ granted: true }, '{name} was opened by {who}.'], '{name} was opened without a badge.'],
      closed,
      armed,
    ],
    'alarm-schedule-changed': [
      ['The alarm schedule was changed by {who}.', 'The alarm schedule was changed.'],
      [[{ fromOutside: true }, 'It was done from outside the site.']],
      [[{ shortens: true }, 'The site is protected for {lostMinutes} less in a week.']],
      [[{ outsideHours: true }, 'It was outside opening hours.']],
    ],
    'access-denied-burst': [
      [
        [{ accepted: true }, 'A badge was accepted at {name} after {count} refusals of {badges} badges.'],
        [
          { badges: 1 },
          'Somebody is being refused again and again at {names}: {count} times, always the same badge.',
        ],
        'Somebody is being refused again and again at {names}: {count} times, with {badges} different badges.',
      ],
      armed,
    ],
    'motion-while-armed': [
      [
        [{ lastAt: true }, 'Nothing moves at {name} any more; there were {count} further motions.'],
        'Something moves at {name} while the alarm is armed.',
      ],
    ],
    'transmission-lost': [
      ['The monitoring station is not reached over {line}: alarms can’t go this way.'],
      armed,
    ],
    'gateway-trouble': [
      [
        [{ trouble: 'disk' }, '{name} has little room left on its disk: {freeMegabytes} MB.'],
        [{ trouble: 'disk' }, '{name} has little room left on its disk.'],
        [{ trouble: 'temperature' }, '{name} is too hot: {celsius}.'],
        [{ trouble: 'temperature' }, '{name} is too hot.'],
        [{ trouble: 'load' }, '{name} has more to do than its processor can.'],
        [{ trouble: 'memory' }, '{name} has little memory left.'],
        [{ trouble: 'outbox' }, '{name} keeps more and more that the security desk does not take.'],
        [{ trouble: 'power' }, '{name} runs from its battery: it has no mains power.'],
        [{ trouble: 'clock' }, '{name} does not know the time for certain.'],
        [{ trouble: 'records' }, '{name} had to give up {records} records: its disk was full.'],
        '{name} needs attention.',
      ],
    ],
    'mains-lost': [
      ['{name} has been without mains power for {lastedMs}.'],
      [[{ batteryLow: true }, 'Its battery is nearly empty.']],
    ],
    'device-fault': [['{name} reports a fault: {parts}.']],
    'badge-in-two-places': [
      [
        'The badge of {who} was shown at {names}, {metres} m apart, within {tookMs}: nobody is that fast, so there are two of it.',
        'The badge of {who} was shown at {names} within {tookMs}: nobody is that fast, so there are two of it.',
        'One badge was shown at {names} within {tookMs}: nobody is that fast, so there are two of it.',
      ],
    ],
    'setting-changed': [
      [
        [{ phase: 'back' }, 'The setting “{setting}” of {name} is {value} again.'],
        'The setting “{setting}” of {name} was changed from {from} to {value}, and nobody announced it.',
      ],
    ],
    'left-area': [
      [
        '{name} is outside of its area, last at {latitude|position}, {longitude|position}.',
        '{name} is outside of its area.',
      ],
      closed,
    ],
    'expired-item': [
      ['At {name} an item was scanned with the expiry date {expiresOn|date}.'],
      ['GTIN {gtin}, batch {batch}.', 'GTIN {gtin}.', 'Batch {batch}.'],
    ],
    'unusual-value': [
      [
        [
          { measure: 'quarter' },
          '{name} measures {seen} {side} what is usual at this time of day; never more than {usual} in {watchedMs}.',
        ],
        '{name} measures something unusual: {seen}, where {usual} is usual.',
        '{name} measures something unusual.',
      ],
    ],
    'unusual-for-hour': [
      [
        '{name} measures {seen}: {side} anything at this hour in {watchedMs}, where {usual} was the utmost.',
        '{name} measures something that is unusual at this hour.',
      ],
    ],
    'level-changed': [
      [
        '{name} has moved from about {usual} to about {seen} and stayed there.',
        '{name} measures something else than before, and goes on to.',
      ],
    ],
    'stuck-value': [
      [
        '{name} has said the same value for {seen|ms}; never before for more than {usual|ms} in {watchedMs}.',
        '{name} says the same value all the time.',
      ],
    ],
    'rapid-change': [
      [
        '{name} changes by {seen} an hour; never faster than {usual} in {watchedMs}.',
        '{name} changes unusually fast.',
      ],
    ],
    'missing-readings': [
      [
        [{ phase: 'again' }, '{name} reports again after {silentMs}.'],
        'No reading of {name} for {seen|ms}; one comes about every {usual|ms}.',
        '{name} gives no readings.',
      ],
    ],
    'unusual-traffic': [
      [
        [
          { measure: 'messages' },
          '{name} says more than usual: {seen} messages within 5 minutes; at most {usual} in {watchedMs}.',
        ],
        [{ measure: 'word' }, '{name} said something that it had never said in {watchedMs}.'],
        '{name} speaks otherwise than usual.',
      ],
    ],
    'rule-keys-full': [
      [
        'The rule {ruleName} has more to watch than it can remember: {bound}.',
        'A rule has more to watch than it can remember.',
      ],
    ],
    intrusion: [
      [
        [{ mode: ['away', 'night'] }, 'Intruder alarm: {name}, while the alarm was armed ({mode}).'],
        'Intruder alarm: {name}.',
      ],
    ],
    'arming-refused': [
      [
        'The site is not armed, though {by} armed it and left: {because}.',
        'The schedule could not arm the site: {because}.',
        'The site could not be armed.',
      ],
    ],
    tailgating: [
      [
        [
          { how: 'second-opening' },
          '{name} was opened a second time on one badge, {apartMs} after the first: somebody may have come in behind.',
        ],
        [
          { how: 'came-otherwise' },
          'A badge is shown at {name} that was last seen elsewhere: a door between was passed behind somebody else.',
        ],
        'Somebody may have come in at {name} behind another.',
      ],
    ],
    'anti-passback': [['A badge is shown at {name} to come in that is inside already.']],
    'door-propped': [['{name} has been open for {openMs}: it is propped.', '{name} is propped open.']],
    'lock-not-following': [
      [
        '{name}: its lock was told to be {ordered} and says that it is {reported}.',
        '{name}: its lock was told to be {ordered} and is not.',
        'A lock at {name} does not do what it was told.',
      ],
    ],
    'exit-unused': [
      [
        'Somebody asked to leave by {name} {count} times and did not: what asks may have been set off from outside.',
      ],
    ],
    delivery: [
      [
        [{ outcome: 'wrong-person' }, '{name}: “{what}” is announced, but for somebody else.'],
        [{ outcome: 'wrong-vehicle' }, '{name}: “{what}” is announced with another vehicle.'],
        [{ outcome: 'too-early' }, '{name}: “{what}” comes too early.'],
        [{ outcome: 'too-late' }, '{name}: “{what}” comes too late.'],
        [{ outcome: 'missed' }, '{name}: “{what}” was announced, and nobody came.'],
        '{name}: no delivery is announced for now.',
      ],
    ],
  },
  words: {
    'side.above': 'above',
    'side.below': 'below',
    'causes.signal': 'its video signal is lost',
    'causes.stream': 'its stream is dead',
    'causes.snapshot': 'it gives no pictures',
    'causes.offline': 'it does not answer',
    'mode.away': 'away',
    'mode.night': 'night',
  },
};
