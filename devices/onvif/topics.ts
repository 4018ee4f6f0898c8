import type { Reading } from '../profiles/profile.ts';

/** A notice of an ONVIF event service, reduced to what its meaning hangs on. */
export interface OnvifNotice {
  /** As sent: `tns1:VideoSource/ImageTooDark/ImagingService`. */
  topic: string;
  /** `Initialized` tells the state at subscription, not news (ONVIF Core, section 9.1). */
  operation?: string | undefined;
  /** SimpleItems of Data by name; matched by name, since their order differs between makers. */
  data: Readonly<Record<string, unknown>>;
}

/** A topic's meaning: which SimpleItem tells the state, and what it is a state of. */
interface Meaning {
  topic: RegExp;
  item: string;
  property: 'picture' | 'motion' | 'tamper';
}

const meanings: readonly Meaning[] = [
  {
    topic: /VideoSource\/(?:ImageTooDark|ImageTooBright|ImageTooBlurry|GlobalSceneChange)\b/,
    item: 'State',
    property: 'picture',
  },
  { topic: /VideoSource\/SignalLoss\b/, item: 'State', property: 'picture' },
  { topic: /RuleEngine\/TamperDetector\/Tamper\b/, item: 'IsTamper', property: 'picture' },
  { topic: /RuleEngine\/CellMotionDetector\/Tamper\b/, item: 'IsTamper', property: 'picture' },
  { topic: /VideoSource\/MotionAlarm\b/, item: 'State', property: 'motion' },
  {
    topic: /RuleEngine\/(?:CellMotionDetector|MotionRegionDetector)\/Motion\b/,
    item: 'IsMotion',
    property: 'motion',
  },
];

/** Cameras write true, 1, "true" or "1" (xs:boolean allows all). */
const isTrue = (value: unknown): boolean =>
  value === true || value === 1 || /^(?:true|1)$/i.test(String(value));

const words = {
  picture: ['obscured', 'visible'],
  motion: ['active', 'clear'],
  tamper: ['active', 'clear'],
} as const;

/** What a notice says about the camera, or undefined where it says nothing that concerns us. */
export function readNotice(notice: OnvifNotice): { reading: Reading; isState: boolean } | undefined {
  // Some makers end a topic with "/" or "//.".
  const topic = notice.topic.replace(/\/+\.?$/, '');
  const meaning = meanings.find((candidate) => candidate.topic.test(topic));
  if (meaning === undefined) return undefined;
  const value = notice.data[meaning.item] ?? notice.data.State ?? notice.data.IsTamper;
  if (value === undefined) return undefined;
  const [active, clear] = words[meaning.property];
  return {
    reading: {
      type: 'state',
      part: meaning.property,
      property: meaning.property,
      value: isTrue(value) ? active : clear,
    },
    isState: notice.operation === 'Initialized',
  };
}
