/**
 * Alarms in the reader's language. The gateway says them in English, which is what the record holds; here their
 * kind is put into words again. A kind that has no words yet is said as the gateway says it.
 */
import type { SiteAlarm } from '../../../edge/api/contract.ts';
import { language } from '../../kit/i18n.ts';

interface AlarmWords {
  /** After the assets' names. */
  summary: string;
  instruction: string;
}

const german: Readonly<Record<string, AlarmWords>> = {
  'forced-open': {
    summary: 'wurde ohne Karte, Taster oder Entriegelung geöffnet.',
    instruction:
      'Gehen Sie nicht allein hin. Sehen Sie das Kamerabild an. Ist dort jemand Fremdes, rufen Sie die Polizei und die Leitstelle.',
  },
  'held-open': {
    summary: 'steht zu lange offen.',
    instruction: 'Schließen Sie die Tür. Schließt sie nicht, bleibt jemand dort, bis sie repariert ist.',
  },
  'door-propped': {
    summary: 'wird offen gehalten.',
    instruction: 'Sehen Sie nach, was die Tür offen hält, und schließen Sie sie.',
  },
  'opened-after-hours': {
    summary: 'wurde außerhalb der Öffnungszeiten geöffnet.',
    instruction: 'Klären Sie, wer dort ist. Meldet sich niemand, rufen Sie die Leitstelle.',
  },
  'cabinet-opened': {
    summary: 'wurde geöffnet, ohne dass jemand berechtigt war.',
    instruction: 'Sehen Sie nach, wer am Schrank ist, und prüfen Sie den Bestand zu zweit.',
  },
  'temperature-excursion': {
    summary: 'ist nicht mehr im erlaubten Temperaturbereich.',
    instruction:
      'Schließen Sie die Tür und sehen Sie auf das Thermometer. Lagern Sie die Ware um, sperren Sie sie und rufen Sie die verantwortliche Person: nur sie entscheidet.',
  },
  'camera-obscured': {
    summary: 'sieht nichts mehr.',
    instruction: 'Sehen Sie nach, ob die Kamera verdeckt oder verdreht ist. Gehen Sie nachts nicht allein.',
  },
  'silent-device': {
    summary: 'meldet sich nicht mehr.',
    instruction:
      'Prüfen Sie Batterie und Strom des Geräts. Hilft das nicht, rufen Sie, wer es eingebaut hat.',
  },
  'low-battery': {
    summary: 'hat eine schwache Batterie.',
    instruction: 'Wechseln Sie die Batterie in dieser Woche; ihre Art steht im Deckel.',
  },
  'mains-lost': {
    summary: 'hat keinen Netzstrom mehr.',
    instruction:
      'Sehen Sie nach, ob auch die Straße dunkel ist. Wenn nicht, prüfen Sie zu zweit die Sicherungen. Halten Sie Kühlschränke geschlossen, und lagern Sie nach einer halben Stunde um.',
  },
  'device-fault': {
    summary: 'meldet eine Störung.',
    instruction:
      'Beheben Sie, was das Gerät nennt: Etiketten, Farbband, Deckel, Last. Sonst rufen Sie, wer es eingebaut hat.',
  },
  'left-area': {
    summary: 'ist außerhalb seines Gebiets.',
    instruction:
      'Rufen Sie den Fahrer an. Meldet sich niemand, rufen Sie die Polizei und nennen Sie die letzte Position.',
  },
  'expired-item': {
    summary: 'hat eine abgelaufene Packung gelesen.',
    instruction:
      'Geben Sie sie nicht ab. Legen Sie sie in die Sperrkiste und suchen Sie im Regal nach derselben Charge.',
  },
  tamper: {
    summary: 'wurde geöffnet oder abgenommen.',
    instruction: 'Sehen Sie zu zweit nach. Fassen Sie nichts an, wenn etwas aufgebrochen ist.',
  },
  flapping: {
    summary: 'wechselt dauernd seinen Zustand.',
    instruction: 'Prüfen Sie, ob der Fühler fest sitzt und die Tür richtig schließt.',
  },
  'alarm-schedule-changed': {
    summary: ': der Zeitplan der Alarmanlage wurde geändert.',
    instruction:
      'Fragen Sie die genannte Person, ob sie es war. Wenn nicht, stellen Sie den Zeitplan zurück.',
  },
  'access-denied-burst': {
    summary: ': mehrere Karten wurden kurz nacheinander abgewiesen.',
    instruction: 'Sehen Sie nach, wer am Leser steht. Lassen Sie niemanden ohne Karte ein.',
  },
  'motion-while-armed': {
    summary: 'meldet Bewegung, während die Alarmanlage an ist.',
    instruction: 'Nicht hineingehen. Sehen Sie das Kamerabild an und rufen Sie die Polizei.',
  },
  intrusion: {
    summary: ': die Alarmanlage hat ausgelöst.',
    instruction: 'Wenn Sie es nicht waren: nicht hineingehen, Polizei rufen.',
  },
  'arming-refused': {
    summary: ': die Alarmanlage konnte sich nicht einschalten.',
    instruction: 'Schließen Sie, was offen ist, und schalten Sie sie von Hand ein.',
  },
  'lock-not-following': {
    summary: ': das Schloss folgt nicht.',
    instruction: 'Prüfen Sie, ob die Tür wirklich verriegelt ist, und bleiben Sie dort, bis sie es ist.',
  },
  'transmission-lost': {
    summary: ': die Wachzentrale ist nicht zu erreichen.',
    instruction: 'Prüfen Sie die Leitung. Bis sie wieder da ist, werden Alarme dort nicht gehört.',
  },
};

const byLanguage: Readonly<Record<string, Readonly<Record<string, AlarmWords>>>> = { de: german };

/** Why something stands in the way of arming, as the gateway says it and as people here would. */
const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  de: {
    'it is open': 'ist offen',
    'it is silent': 'meldet sich nicht',
    'it is being tampered with': 'wird gerade geöffnet oder abgenommen',
    'nobody knows yet whether it is open': 'noch weiß niemand, ob es offen ist',
    'there is motion': 'dort bewegt sich etwas',
    'somebody is coming in': 'jemand kommt gerade herein',
    'the alarm must be disarmed first': 'erst muss der Alarm ausgeschaltet werden',
  },
};

export function wordsOf({ rule, assets, summary, instruction }: SiteAlarm): AlarmWords {
  const words = byLanguage[language()]?.[rule.split(':', 1)[0] ?? rule];
  if (words === undefined) return { summary, instruction };
  const names = assets.map(({ name }) => name).join(', ');
  return {
    summary: words.summary.startsWith(':') ? names + words.summary : `${names} ${words.summary}`,
    instruction: words.instruction,
  };
}

export const reasonOf = (because: string): string => reasons[language()]?.[because] ?? because;
