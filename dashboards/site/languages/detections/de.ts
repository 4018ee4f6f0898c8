import type { DetectionWords, Sentence } from './sentence.ts';

const armed: Sentence = [[{ armingMode: ['away', 'night'] }, 'Die Alarmanlage ist scharf.']];
const closed: Sentence = [[{ isOpen: false }, 'Der Standort ist geschlossen.']];

export const de: DetectionWords = {
  sentences: {
    'opened-after-hours': [
      [
        '{name} wurde außerhalb der Öffnungszeiten geöffnet, von {who}.',
        '{name} wurde außerhalb der Öffnungszeiten geöffnet, und weder Karte noch Ausgangstaster erklären es.',
      ],
      armed,
    ],
    'forced-open': [
      [
        '{name} wurde aufgebrochen: keine Karte wurde eingelassen, kein Ausgangstaster gedrückt, kein Befehl gegeben.',
      ],
      [
        [{ lastHow: 'denied' }, 'Zuletzt dort, und abgewiesen: {lastWho}.'],
        [{ lastHow: 'exit' }, 'Zuletzt dort, beim Hinausgehen: {lastWho}.'],
        'Zuletzt dort: {lastWho}.',
      ],
      armed,
    ],
    'held-open': [
      [
        [{ stage: 'pre-alarm' }, '{name} steht seit {openMs} offen.'],
        '{name} wird seit {openMs} offen gehalten.',
        '{name} wird offen gehalten.',
      ],
    ],
    'temperature-excursion': [
      [
        [
          { phase: 'recovered' },
          '{name} liegt wieder zwischen {minCelsius} und {maxCelsius}: {durationMs} lang {side}, im Äußersten bei {peakCelsius}.',
        ],
        '{name} liegt seit {durationMs} {side} von {minCelsius} bis {maxCelsius} und erreichte {peakCelsius}.',
      ],
      [
        [
          { gapMs: true, phase: ['warning', 'excursion'] },
          'Davon {gapMs} ohne Messwert: das zählt als außerhalb.',
        ],
      ],
      [[{ doorOpenedAt: true }, 'Die Tür steht offen.']],
    ],
    'silent-device': [['{name} schweigt seit {silentMs}.'], armed],
    'low-battery': [
      ['Die Batterie von {name} ist schwach: {percent}.', 'Die Batterie von {name} ist schwach.'],
    ],
    tamper: [['{name} wird manipuliert: das Gehäuse wurde geöffnet oder das Gerät bewegt.'], armed],
    'camera-obscured': [
      ['{name} sieht nichts mehr: das Bild ist dunkel, verdeckt oder weggedreht.'],
      armed,
      closed,
    ],
    'camera-blind': [['{name} ist blind: {causes}.', '{name} ist blind.'], armed, closed],
    'camera-login-failures': [
      [
        '{failures} Anmeldungen an {name} schlugen fehl, die letzte als {account}.',
        '{failures} Anmeldungen an {name} schlugen fehl.',
      ],
    ],
    'camera-not-recording': [['{name} kann nicht mehr aufzeichnen: der Speicher ist ausgefallen.'], armed],
    'camera-replaced': [
      [
        'Anstelle von {name} antwortet eine andere Kamera, mit der Seriennummer {now}.',
        'Anstelle von {name} antwortet eine andere Kamera.',
      ],
      armed,
    ],
    'door-controller-alarm': [
      [
        [{ alarm: 'DoorForcedOpen' }, 'Die Steuerung von {name} meldet, dass die Tür aufgebrochen wurde.'],
        'Die Steuerung von {name} meldet: {alarm}.',
        'Die Steuerung von {name} schlägt Alarm.',
      ],
      armed,
    ],
    duress: [['{by} handelt unter Bedrohung.', 'Jemand handelt unter Bedrohung, bei {name}.']],
    flapping: [
      [
        [{ phase: 'calm' }, '{name} ist wieder ruhig, nach {changes} Wechseln.'],
        [{ phase: 'continues' }, '{name} wechselt weiter den Zustand: {changes} Mal bisher.'],
        '{name} hat den Zustand {changes} Mal gewechselt: ein loser Kontakt, oder jemand probiert daran. Die Alarme werden gesammelt, bis Ruhe ist.',
      ],
      [[{ folded: true }, '{folded} Alarme wurden gesammelt.']],
    ],
    'cabinet-opened': [
      [[{ granted: true }, '{name} wurde von {who} geöffnet.'], '{name} wurde ohne Karte geöffnet.'],
      closed,
      armed,
    ],
    'alarm-schedule-changed': [
      [
        'Der Zeitplan der Alarmanlage wurde geändert, von {who}.',
        'Der Zeitplan der Alarmanlage wurde geändert.',
      ],
      [[{ fromOutside: true }, 'Es geschah von außerhalb des Standorts.']],
      [[{ shortens: true }, 'Der Standort ist in der Woche {lostMinutes} weniger geschützt.']],
      [[{ outsideHours: true }, 'Es geschah außerhalb der Öffnungszeiten.']],
    ],
    'access-denied-burst': [
      [
        [
          { accepted: true },
          'An {name} wurde eine Karte angenommen, nach {count} Abweisungen von {badges} Karten.',
        ],
        [
          { badges: 1 },
          'Jemand wird immer wieder abgewiesen, an {names}: {count} Mal, stets dieselbe Karte.',
        ],
        'Jemand wird immer wieder abgewiesen, an {names}: {count} Mal, mit {badges} verschiedenen Karten.',
      ],
      armed,
    ],
    'motion-while-armed': [
      [
        [{ lastAt: true }, 'Bei {name} bewegt sich nichts mehr; es gab {count} weitere Bewegungen.'],
        'Bei {name} bewegt sich etwas, während die Alarmanlage scharf ist.',
      ],
    ],
    'transmission-lost': [
      ['Die Wachzentrale ist über {line} nicht zu erreichen: auf diesem Weg geht kein Alarm hinaus.'],
      armed,
    ],
    'gateway-trouble': [
      [
        [{ trouble: 'disk' }, '{name} hat kaum noch Platz auf der Platte: {freeMegabytes} MB.'],
        [{ trouble: 'disk' }, '{name} hat kaum noch Platz auf der Platte.'],
        [{ trouble: 'temperature' }, '{name} ist zu heiß: {celsius}.'],
        [{ trouble: 'temperature' }, '{name} ist zu heiß.'],
        [{ trouble: 'load' }, '{name} hat mehr zu tun, als der Prozessor schafft.'],
        [{ trouble: 'memory' }, '{name} hat kaum noch Speicher frei.'],
        [{ trouble: 'outbox' }, '{name} hebt immer mehr auf, das die Leitstelle nicht abnimmt.'],
        [{ trouble: 'power' }, '{name} läuft auf Batterie: es gibt keinen Netzstrom.'],
        [{ trouble: 'clock' }, '{name} weiß nicht sicher, wie spät es ist.'],
        [{ trouble: 'records' }, '{name} musste {records} Aufzeichnungen aufgeben: die Platte war voll.'],
        '{name} braucht Aufmerksamkeit.',
      ],
    ],
    'mains-lost': [
      ['{name} ist seit {lastedMs} ohne Netzstrom.'],
      [[{ batteryLow: true }, 'Die Batterie ist fast leer.']],
    ],
    'device-fault': [['{name} meldet eine Störung: {parts}.']],
    'badge-in-two-places': [
      [
        'Die Karte von {who} wurde binnen {tookMs} an zwei Orten gezeigt, {metres} m voneinander: {names}. So schnell ist niemand: es gibt sie zweimal.',
        'Die Karte von {who} wurde binnen {tookMs} an zwei Orten gezeigt: {names}. So schnell ist niemand: es gibt sie zweimal.',
        'Eine Karte wurde binnen {tookMs} an zwei Orten gezeigt: {names}. So schnell ist niemand: es gibt sie zweimal.',
      ],
    ],
    'setting-changed': [
      [
        [{ phase: 'back' }, 'Die Einstellung „{setting}“ von {name} ist wieder {value}.'],
        'Die Einstellung „{setting}“ von {name} wurde von {from} auf {value} geändert, ohne dass es angekündigt war.',
      ],
    ],
    'left-area': [
      [
        '{name} ist außerhalb des Gebiets, zuletzt bei {latitude|position}, {longitude|position}.',
        '{name} ist außerhalb des Gebiets.',
      ],
      closed,
    ],
    'expired-item': [
      ['An {name} wurde eine Packung mit dem Verfallsdatum {expiresOn|date} gelesen.'],
      ['GTIN {gtin}, Charge {batch}.', 'GTIN {gtin}.', 'Charge {batch}.'],
    ],
    'unusual-value': [
      [
        [
          { measure: 'quarter' },
          '{name} misst {seen} {side|than} dem, was um diese Zeit üblich ist; nie mehr als {usual} in {watchedMs}.',
        ],
        '{name} misst Ungewöhnliches: {seen}, üblich ist {usual}.',
        '{name} misst Ungewöhnliches.',
      ],
    ],
    'unusual-for-hour': [
      [
        '{name} misst {seen}: {side|than} allem zu dieser Stunde in {watchedMs}; das Äußerste war {usual}.',
        '{name} misst etwas, das zu dieser Stunde ungewöhnlich ist.',
      ],
    ],
    'level-changed': [
      [
        '{name} ist von etwa {usual} auf etwa {seen} gegangen und dort geblieben.',
        '{name} misst auf Dauer etwas anderes als bisher.',
      ],
    ],
    'stuck-value': [
      [
        '{name} meldet seit {seen|ms} denselben Wert; nie zuvor länger als {usual|ms} in {watchedMs}.',
        '{name} meldet immer denselben Wert.',
      ],
    ],
    'rapid-change': [
      [
        '{name} ändert sich um {seen} in der Stunde; nie schneller als {usual} in {watchedMs}.',
        '{name} ändert sich ungewöhnlich schnell.',
      ],
    ],
    'missing-readings': [
      [
        [{ phase: 'again' }, '{name} meldet sich wieder, nach {silentMs}.'],
        'Seit {seen|ms} kein Messwert von {name}; sonst kommt etwa alle {usual|ms} einer.',
        '{name} liefert keine Messwerte.',
      ],
    ],
    'unusual-traffic': [
      [
        [
          { measure: 'messages' },
          '{name} sagt mehr als sonst: {seen} Meldungen in 5 Minuten; höchstens {usual} in {watchedMs}.',
        ],
        [{ measure: 'word' }, '{name} sagte etwas, das in {watchedMs} noch nie kam.'],
        '{name} spricht anders als sonst.',
      ],
    ],
    'rule-keys-full': [
      [
        'Die Regel {ruleName} hat mehr zu beobachten, als sie sich merken kann: {bound}.',
        'Eine Regel hat mehr zu beobachten, als sie sich merken kann.',
      ],
    ],
    intrusion: [
      [
        [{ mode: ['away', 'night'] }, 'Einbruchalarm: {name}, während die Alarmanlage scharf war ({mode}).'],
        'Einbruchalarm: {name}.',
      ],
    ],
    'arming-refused': [
      [
        'Der Standort ist nicht scharf, obwohl {by} eingeschaltet hat und gegangen ist: {because}.',
        'Der Zeitplan konnte die Alarmanlage nicht einschalten: {because}.',
        'Die Alarmanlage konnte nicht eingeschaltet werden.',
      ],
    ],
    tailgating: [
      [
        [
          { how: 'second-opening' },
          '{name} wurde auf eine Karte ein zweites Mal geöffnet, {apartMs} nach dem ersten: vielleicht kam jemand hinterher.',
        ],
        [
          { how: 'came-otherwise' },
          'An {name} wird eine Karte gezeigt, die zuletzt anderswo war: eine Tür dazwischen wurde hinter jemand anderem durchschritten.',
        ],
        'An {name} kam vielleicht jemand hinter einem anderen herein.',
      ],
    ],
    'anti-passback': [['An {name} will eine Karte hinein, die schon drinnen ist.']],
    'door-propped': [
      [
        '{name} steht seit {openMs} offen: festgestellt oder verkeilt.',
        '{name} ist festgestellt oder verkeilt.',
      ],
    ],
    'lock-not-following': [
      [
        '{name}: das Schloss sollte {ordered} sein und meldet {reported}.',
        '{name}: das Schloss sollte {ordered} sein und ist es nicht.',
        'Ein Schloss an {name} tut nicht, was es soll.',
      ],
    ],
    'exit-unused': [
      [
        'An {name} wollte {count} Mal jemand hinaus und ging nicht: der Taster wurde vielleicht von außen ausgelöst.',
      ],
    ],
    delivery: [
      [
        [{ outcome: 'wrong-person' }, '{name}: „{what}“ ist angekündigt, aber für jemand anderen.'],
        [{ outcome: 'wrong-vehicle' }, '{name}: „{what}“ ist mit einem anderen Fahrzeug angekündigt.'],
        [{ outcome: 'too-early' }, '{name}: „{what}“ kommt zu früh.'],
        [{ outcome: 'too-late' }, '{name}: „{what}“ kommt zu spät.'],
        [{ outcome: 'missed' }, '{name}: „{what}“ war angekündigt, und niemand kam.'],
        '{name}: jetzt ist keine Lieferung angekündigt.',
      ],
    ],
  },
  words: {
    'side.above': 'über dem Bereich',
    'side.below': 'unter dem Bereich',
    'than.above': 'über',
    'than.below': 'unter',
    'causes.signal': 'das Videosignal fehlt',
    'causes.stream': 'der Bildstrom ist tot',
    'causes.snapshot': 'es kommen keine Bilder',
    'causes.offline': 'die Kamera antwortet nicht',
    'parts.paper': 'Papier',
    'parts.head': 'Druckkopf',
    'parts.ribbon': 'Farbband',
    'parts.cover': 'Deckel',
    'parts.compressor': 'Kompressor',
    'parts.range': 'Messbereich',
    'parts.record': 'Aufzeichnung',
    'parts.device': 'Gerät',
    'alarm.DoorOpenTooLong': 'die Tür steht zu lange offen',
    'ordered.locked': 'verriegelt',
    'ordered.unlocked': 'entriegelt',
    'reported.locked': 'verriegelt',
    'reported.unlocked': 'entriegelt',
    'reported.jammed': 'verklemmt',
    'mode.away': 'alle fort',
    'mode.night': 'Nacht',
    'begin.unknown badge ': 'unbekannte Karte ',
    'begin.an unknown person': 'einer unbekannten Person',
    'begin.somebody': 'jemand',
  },
};
