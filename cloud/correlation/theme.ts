import type { Detection } from '../../devices/model/detection.ts';

/**
 * What a rule is about, read from its name and tactic, so that a rule nobody foresaw still finds its place.
 * It decides the order of an attack's steps, the words of a title, and what is too ordinary to be joined to
 * its neighbours in space.
 */
export interface Theme {
  readonly name: ThemeName;
  /** Step of an attack, 1 (looking around) to 8 (damage done); undefined: no step. */
  readonly stage?: number;
  readonly world?: 'physical' | 'cyber';
  /** A try that may come from anybody and says little about its target. */
  readonly attempt?: boolean;
  /** Mostly somebody's slip, now and then the trace of an attack. */
  readonly mishap?: boolean;
  /** Everyday business or upkeep: says nothing about what else happens in the same place. */
  readonly ordinary?: boolean;
}

export type ThemeName =
  | 'upkeep'
  | 'scan'
  | 'guessing'
  | 'new-address'
  | 'two-places'
  | 'unusual-login'
  | 'failed-login'
  | 'elevation'
  | 'malware'
  | 'altered'
  | 'web-attack'
  | 'exfiltration'
  | 'takeover'
  | 'outside-call'
  | 'new-talk'
  | 'alarm-change'
  | 'forced'
  | 'blinded'
  | 'tamper'
  | 'without-badge'
  | 'after-hours'
  | 'denied'
  | 'held-open'
  | 'excursion'
  | 'motion'
  | 'duress'
  | 'passage'
  | 'unusual'
  | 'payment'
  | 'outage'
  | 'everyday'
  | 'other';

interface NamedTheme extends Theme {
  readonly words: RegExp;
}

/** First match counts; the words are matched against the rule's name in lower case with single spaces. */
const themes: readonly NamedTheme[] = [
  {
    name: 'upkeep',
    ordinary: true,
    words:
      /\bbatter(y|ies)\b|\bfirmware\b|\bheartbeat\b|\bmaintenance\b|\bdatabase update|\bcertificate expir|\bself test\b|^policy upkeep\b/,
  },
  // What a rule of the policy monitor says of the site's order is in its own words, whatever they sound like.
  { name: 'other', words: /^policy\b/ },
  {
    name: 'altered',
    stage: 6,
    world: 'cyber',
    words: /^integrity\b|\bdefac\w*|\bskimm\w*|^page policy weakened\b|^certificate changed\b/,
  },
  {
    name: 'guessing',
    stage: 2,
    world: 'cyber',
    attempt: true,
    words:
      /\bbrute|\bguess|\bspray|\bstuffing\b|\b(many|repeated|multiple|excessive)\b.*\b(failed|failures?|log ?ins?|authentications?)\b|\bfailed log ?ins? burst\b/,
  },
  // A badge, an account: whoever it belongs to was not at both places.
  { name: 'two-places', stage: 3, words: /\bimpossible travel\b|\bin two places\b/ },
  {
    name: 'new-address',
    stage: 3,
    world: 'cyber',
    words:
      /\b(log ?in|logon|sign ?in|session|admin)\b.*\b(new|unusual|unknown|foreign|unseen|strange)\b.*\b(address|ip|location|country|place|network)\b|\b(new|unusual|unknown|foreign|unseen|strange)\b.*\b(address|ip|location|country|place|network)\b.*\b(log ?in|logon|sign ?in|session)\b/,
  },
  {
    name: 'unusual-login',
    stage: 3,
    world: 'cyber',
    words:
      /\b(log ?in|logon|sign ?in)\b.*\b(new|unusual|unknown|suspicious|strange)\b|\b(new|unusual|unknown|suspicious|strange)\b.*\b(log ?in|logon|sign ?in)\b/,
  },
  {
    name: 'failed-login',
    stage: 2,
    world: 'cyber',
    attempt: true,
    words:
      /\b(log ?ins?|logon|sign ?in|password|authentication|user)\b.*\b(fail|failed|failures?|invalid|wrong|rejected)\b|\b(failed|invalid|wrong)\b.*\b(log ?in|logon|sign ?in|password|authentication|user)\b/,
  },
  {
    name: 'elevation',
    stage: 3,
    world: 'cyber',
    words: /\b(privileges?|elevat|escalat|sudo|root access|admin role|new administrator)/,
  },
  {
    name: 'malware',
    stage: 3,
    world: 'cyber',
    words: /\b(malware|virus|trojan|ransom|web ?shell|reverse shell|backdoor)/,
  },
  {
    name: 'exfiltration',
    stage: 7,
    world: 'cyber',
    words: /\b(exfil|data theft|dns tunnel|upload volume|leak)/,
  },
  { name: 'takeover', stage: 4, world: 'cyber', words: /\b(account )?take ?over\b/ },
  { name: 'outside-call', stage: 4, world: 'cyber', words: /\bbeacon(s|ing)?\b|\btalks outside\b/ },
  {
    // Somebody new is met now and then in any network.
    name: 'new-talk',
    world: 'cyber',
    mishap: true,
    words: /\bnew (peer|domain|listener)\b/,
  },
  {
    name: 'scan',
    stage: 1,
    world: 'cyber',
    attempt: true,
    words: /\b(scan|scanner|scanning|recon|reconnaissance|probe|probing|enumerat\w*|crawler|nmap|nikto)\b/,
  },
  {
    name: 'web-attack',
    stage: 2,
    world: 'cyber',
    attempt: true,
    words:
      /\b(sql|sqli|xss|injection|traversal|exploit|rce|lfi|rfi|web attack|suspicious (url|request)|file inclusion)\b/,
  },
  {
    name: 'alarm-change',
    stage: 4,
    words:
      /\b(alarm|arming|panel)\b.*\b(schedule|chang\w*|disarm\w*|bypass\w*|off|disabled)\b|\bschedule\b.*\bchang|\bdisarm|\bbypass/,
  },
  {
    name: 'forced',
    stage: 5,
    world: 'physical',
    words:
      /\b(forced|break ?in|broken in|glass ?break|burglar\w*|opened while armed|door controller alarm)\b/,
  },
  {
    name: 'blinded',
    stage: 6,
    world: 'physical',
    words:
      /\b(obscured?|covered|blind(ed)?|masked|defocus\w*|picture lost|video loss|camera replaced|camera not recording)\b/,
  },
  {
    name: 'tamper',
    stage: 6,
    world: 'physical',
    words: /\b(tamper\w*|sabotag\w*|jamm\w*|vandal\w*|impossible position|setting changed)\b/,
  },
  {
    name: 'without-badge',
    stage: 7,
    world: 'physical',
    words:
      /\b(without|no|missing) (a )?(badge|authori[sz]ation|permission|credential)|\bunauthori[sz]ed open|\bcabinet open/,
  },
  {
    name: 'after-hours',
    stage: 5,
    world: 'physical',
    words: /\b(opened|access|entry) (after|out of|outside) hours\b/,
  },
  {
    name: 'denied',
    world: 'physical',
    mishap: true,
    words: /\b(denied|refused|forgotten badge|unknown badge|invalid badge)\b/,
  },
  {
    name: 'held-open',
    world: 'physical',
    mishap: true,
    words: /\b(held|ajar|left open|open too long|propped)\b/,
  },
  {
    // What is rare is mostly harmless: it counts beside something else, and seldom alone.
    name: 'unusual',
    mishap: true,
    words: /^(unusual (value|for hour|traffic)|level changed|stuck value|rapid change|missing readings)\b/,
  },
  {
    name: 'excursion',
    stage: 8,
    world: 'physical',
    words:
      /\b(excursion|cold chain|fridge|too (warm|cold)|temperature (high|low|above|below|out|excursion|anomal\w*|band|rise|rising))/,
  },
  { name: 'duress', stage: 5, world: 'physical', words: /\b(duress|hold ?up|under threat|panic)\b/ },
  {
    name: 'passage',
    world: 'physical',
    mishap: true,
    words: /\b(tailgat\w*|passback|exit unused|lock not following|delivery|geofence)\b/,
  },
  { name: 'motion', stage: 5, world: 'physical', words: /\b(motion|movement|intrusion|presence)\b/ },
  {
    name: 'payment',
    stage: 7,
    world: 'cyber',
    words:
      /\b(payment|fraud|refund|card testing|chargeback|checkout|payout|hand over|handed over|order step|order not|changed address)\b/,
  },
  { name: 'outage', words: /\b(offline|silent|unreachable|stopped|down|outage|lost)\b/ },
  {
    name: 'everyday',
    ordinary: true,
    words: /\b(success|successful|accepted|session (opened|closed)|logged (in|out|off))\b/,
  },
];

const other: Theme = { name: 'other' };

/** MITRE ATT&CK tactics (Enterprise, then ICS) as steps, for rules whose name says nothing. */
const stageOfTactic: Readonly<Record<string, number>> = {
  TA0043: 1,
  TA0042: 1,
  TA0007: 1,
  TA0006: 2,
  TA0001: 3,
  TA0002: 3,
  TA0003: 3,
  TA0004: 3,
  TA0005: 4,
  TA0008: 5,
  TA0009: 7,
  TA0010: 7,
  TA0011: 7,
  TA0040: 8,
  TA0102: 1,
  TA0108: 3,
  TA0104: 3,
  TA0110: 3,
  TA0111: 3,
  TA0103: 4,
  TA0109: 5,
  TA0100: 7,
  TA0101: 7,
  // A fridge's controller that no longer answers or alarms, or is driven elsewhere: before the goods are spoilt.
  TA0107: 6,
  TA0106: 7,
  TA0105: 8,
};

/** The rule's name as words: `door-forced`, `DoorForced` and `door.forced` are one. */
export const ruleWords = (rule: string): string =>
  rule
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

/** Pure. The same rule and tactic always give the same theme. */
export function themeOf({ rule, tactic }: Pick<Detection, 'rule' | 'tactic'>): Theme {
  const words = ruleWords(rule);
  const named = themes.find((theme) => theme.words.test(words));
  const { words: _, ...theme } = named ?? { ...other, words: undefined };
  if (theme.stage !== undefined || theme.ordinary === true) return theme;
  const stage = tactic === undefined ? undefined : stageOfTactic[tactic];
  return stage === undefined ? theme : { ...theme, stage };
}
