import type { WordsOfAlarms } from './words.ts';

export const de: WordsOfAlarms = {
  alarms: {
    'forced-open': [
      'wurde ohne Karte, Taster oder Entriegelung geöffnet.',
      'Gehen Sie nicht allein hin. Sehen Sie das Kamerabild an. Ist dort jemand Fremdes, rufen Sie die Polizei und die Leitstelle.',
    ],
    'held-open': [
      'steht zu lange offen.',
      'Schließen Sie die Tür. Schließt sie nicht, bleibt jemand dort, bis sie repariert ist.',
    ],
    'door-propped': [
      'wird offen gehalten.',
      'Sehen Sie nach, was die Tür offen hält, und schließen Sie sie. Fragen Sie, wer inzwischen hereingekommen ist.',
    ],
    'opened-after-hours': [
      'wurde außerhalb der Öffnungszeiten geöffnet.',
      'Klären Sie, wer dort ist. Meldet sich niemand, rufen Sie die Leitstelle.',
    ],
    'cabinet-opened': [
      'wurde geöffnet, ohne dass jemand berechtigt war.',
      'Sehen Sie nach, wer am Schrank ist, und prüfen Sie den Bestand zu zweit.',
    ],
    'door-controller-alarm': [
      ': die Türsteuerung schlägt Alarm.',
      'Gehen Sie zu zweit zur Tür. Schließen Sie sie, und sehen Sie nach, ob sie aufgebrochen wurde.',
    ],
    tailgating: [
      ': mit einer Karte sind mehrere hereingekommen.',
      'Sehen Sie das Kamerabild der Tür an. Fragen Sie, wen Sie nicht kennen, was er hier möchte.',
    ],
    'anti-passback': [
      ': eine Karte kam zweimal herein, ohne hinauszugehen.',
      'Klären Sie, wer die Karte hat: ihr Inhaber soll sie zeigen. Ist sie verliehen oder verloren, lassen Sie sie sperren.',
    ],
    'exit-unused': [
      ': der Ausgang wurde ausgelöst, aber niemand ging hinaus.',
      'Sehen Sie die Tür von beiden Seiten an: ein Melder für den Ausgang lässt sich von außen mit Draht oder Gas auslösen.',
    ],
    delivery: [
      ': mit der Lieferung stimmt etwas nicht.',
      'Übergeben Sie noch nichts. Vergleichen Sie Namen und Fahrzeug mit der Ankündigung, und rufen Sie die Spedition unter der Nummer an, die Sie kennen.',
    ],
    'temperature-excursion': [
      'ist nicht mehr im erlaubten Temperaturbereich.',
      'Schließen Sie die Tür und sehen Sie auf das Thermometer. Lagern Sie die Ware um, sperren Sie sie und rufen Sie die verantwortliche Person: nur sie entscheidet.',
    ],
    'camera-obscured': [
      'sieht nichts mehr.',
      'Sehen Sie nach, ob die Kamera verdeckt oder verdreht ist. Gehen Sie nachts nicht allein.',
    ],
    'camera-blind': [
      'liefert keine Bilder mehr.',
      'Sehen Sie nach der Kamera und ihrem Kabel: ist sie noch da, ist es durchtrennt oder abgezogen? Bis sie wieder sieht, behält jemand den Raum im Auge.',
    ],
    'camera-login-failures': [
      ': jemand versucht sich an der Kamera anzumelden.',
      'Klären Sie anhand der Adresse, wer es ist. Ist es niemand von Ihnen, trennen Sie die Kamera vom Netz und ändern Sie ihr Kennwort.',
    ],
    'camera-not-recording': [
      'zeichnet nicht auf.',
      'Sehen Sie nach der Speicherkarte oder dem Rekorder: ist er da, voll oder verbraucht? Prüfen Sie, dass wieder aufgezeichnet wird.',
    ],
    'camera-replaced': [
      ': an der Stelle dieser Kamera ist eine andere.',
      'Hat niemand von Ihnen sie getauscht, gehen Sie hin, vergleichen Sie die Seriennummer und rufen Sie die Leitstelle.',
    ],
    'silent-device': [
      'meldet sich nicht mehr.',
      'Prüfen Sie Batterie und Strom des Geräts. Hilft das nicht, rufen Sie, wer es eingebaut hat.',
    ],
    'low-battery': [
      'hat eine schwache Batterie.',
      'Wechseln Sie die Batterie in dieser Woche; ihre Art steht im Deckel.',
    ],
    'mains-lost': [
      'hat keinen Netzstrom mehr.',
      'Sehen Sie nach, ob auch die Straße dunkel ist. Wenn nicht, prüfen Sie zu zweit die Sicherungen. Halten Sie Kühlschränke geschlossen, und lagern Sie nach einer halben Stunde um.',
    ],
    'device-fault': [
      'meldet eine Störung.',
      'Beheben Sie, was das Gerät nennt: Etiketten, Farbband, Deckel, Last. Sonst rufen Sie, wer es eingebaut hat.',
    ],
    'badge-in-two-places': [
      ': dieselbe Karte wurde an zwei Orten gezeigt, schneller als jemand gehen kann.',
      'Sperren Sie die Karte. Fragen Sie ihren Besitzer, wo er ist. Am anderen Leser steht jemand mit einer Kopie: gehen Sie nicht allein hin.',
    ],
    'setting-changed': [
      ': eine Einstellung wurde verändert, ohne Auftrag.',
      'Fragen Sie, wer es war. War es niemand, stellen Sie den Wert am Gerät zurück und trennen Sie das Gerät vom Netz.',
    ],
    'left-area': [
      'ist außerhalb seines Gebiets.',
      'Rufen Sie den Fahrer an. Meldet sich niemand, rufen Sie die Polizei und nennen Sie die letzte Position.',
    ],
    'expired-item': [
      'hat eine abgelaufene Packung gelesen.',
      'Geben Sie sie nicht ab. Legen Sie sie in die Sperrkiste und suchen Sie im Regal nach derselben Charge.',
    ],
    tamper: [
      'wurde geöffnet oder abgenommen.',
      'Sehen Sie zu zweit nach. Fassen Sie nichts an, wenn etwas aufgebrochen ist.',
    ],
    flapping: [
      'wechselt dauernd seinen Zustand.',
      'Prüfen Sie, ob der Fühler fest sitzt und die Tür richtig schließt.',
    ],
    'alarm-schedule-changed': [
      ': der Zeitplan der Alarmanlage wurde geändert.',
      'Fragen Sie die genannte Person, ob sie es war. Wenn nicht, stellen Sie den Zeitplan zurück.',
    ],
    'access-denied-burst': [
      ': mehrere Karten wurden kurz nacheinander abgewiesen.',
      'Sehen Sie nach, wer am Leser steht. Lassen Sie niemanden ohne Karte ein.',
    ],
    'motion-while-armed': [
      'meldet Bewegung, während die Alarmanlage an ist.',
      'Nicht hineingehen. Sehen Sie das Kamerabild an und rufen Sie die Polizei.',
    ],
    intrusion: [
      ': die Alarmanlage hat ausgelöst.',
      'Nicht hineingehen. Rufen Sie die Polizei und die Leitstelle, und warten Sie. Wenn Sie es waren: ausschalten und der Leitstelle Bescheid sagen.',
    ],
    duress: [
      ': jemand hat unter Bedrohung ausgeschaltet.',
      'Rufen Sie nicht am Standort an und lassen Sie sich dort nichts anmerken. Rufen Sie sofort die Polizei.',
    ],
    'arming-refused': [
      ': die Alarmanlage konnte sich nicht einschalten.',
      'Schließen Sie, was offen ist, oder nehmen Sie es einzeln aus, und schalten Sie von Hand ein: der Standort ist ungeschützt.',
    ],
    'lock-not-following': [
      ': das Schloss folgt nicht.',
      'Prüfen Sie von Hand, ob die Tür verriegelt ist. Geht sie auf, bleibt jemand dort, bis das Schloss repariert ist.',
    ],
    'transmission-lost': [
      ': die Wachzentrale ist nicht zu erreichen.',
      'Prüfen Sie die Leitung. Bis sie wieder da ist, werden Alarme dort nicht gehört.',
    ],
    'gateway-trouble': [
      'braucht Aufmerksamkeit.',
      'Sehen Sie nach dem Gateway: steckt der Stecker, ist es staubfrei und kühl, arbeitet der Router? Rufen Sie dann, wer es betreut, und lesen Sie diese Meldung vor.',
    ],
    'gateway-trouble/disk': [
      'hat kaum noch Platz auf der Platte.',
      'Rufen Sie, wer das Gateway betreut. Ist die Platte voll, gehen Aufzeichnungen verloren.',
    ],
    'gateway-trouble/outbox': [
      'hebt immer mehr auf, das die Leitstelle nicht abnimmt.',
      'Prüfen Sie, ob der Router arbeitet und das Internet geht. Rufen Sie dann, wer das Gateway betreut.',
    ],
    'gateway-trouble/temperature': [
      'ist zu heiß.',
      'Sehen Sie nach dem Gateway: ist es abgedeckt, verstaubt oder steht es in der Sonne?',
    ],
    'gateway-trouble/power': [
      'läuft auf Batterie: es hat keinen Netzstrom.',
      'Sehen Sie nach, ob der Stecker steckt und die Sicherung hält. Die Batterie reicht nur für kurze Zeit.',
    ],
    'gateway-trouble/load': [
      'hat mehr zu tun, als sein Prozessor schafft.',
      'Vergeht es nicht von selbst, rufen Sie, wer das Gateway betreut.',
    ],
    'gateway-trouble/memory': [
      'hat kaum noch Speicher frei.',
      'Vergeht es nicht von selbst, rufen Sie, wer das Gateway betreut.',
    ],
    'gateway-trouble/clock': [
      'weiß nicht sicher, wie spät es ist.',
      'Prüfen Sie, ob das Netz geht: von dort holt das Gateway die Zeit. Bis dahin tragen Aufzeichnungen eine ungefähre Zeit.',
    ],
    'gateway-trouble/records': [
      'musste Aufzeichnungen aufgeben: seine Platte war voll.',
      'Rufen Sie, wer das Gateway betreut. Was verloren ging, steht als Lücke im Protokoll.',
    ],
    'rule-keys-full': [
      ': eine Regel hat mehr zu beobachten, als sie sich merken kann.',
      'Rufen Sie, wer das Gateway betreut: ein Gerät erfindet vermutlich immer neue Namen.',
    ],
    'unusual-value': [
      'hat ungewöhnliche Messwerte.',
      'Sehen Sie sich die Messwerte der letzten Tage an. Gibt es einen harmlosen Grund, vermerken Sie ihn; sonst lassen Sie das Gerät prüfen.',
    ],
    'unusual-for-hour': [
      'hat Messwerte, die für diese Tageszeit ungewöhnlich sind.',
      'Klären Sie, was anders ist als sonst um diese Zeit: Heizung, eine Tür, Menschen, eine Zeitschaltuhr.',
    ],
    'level-changed': [
      'misst auf Dauer etwas anderes als bisher.',
      'Vielleicht wurde der Regler verstellt, der Fühler versetzt oder das Gerät getauscht. Wenn ja, vermerken Sie es; wenn nicht, lassen Sie es prüfen.',
    ],
    'stuck-value': [
      'meldet immer denselben Wert.',
      'Wärmen Sie den Fühler mit der Hand: der Wert muss sich bewegen. Tut er es nicht, tauschen Sie das Gerät; bis dahin messen Sie von Hand.',
    ],
    'rapid-change': [
      'ändert sich ungewöhnlich schnell.',
      'Sehen Sie sofort nach, ob eine Tür oder ein Deckel offen ist, der Fühler herausgezogen wurde oder etwas brennt.',
    ],
    'missing-readings': [
      'liefert keine Messwerte.',
      'Niemand weiß, wie warm es jetzt ist: messen Sie von Hand. Sehen Sie dann nach Gerät, Batterie und Funk.',
    ],
    'unusual-traffic': [
      'spricht anders als sonst.',
      'Das Gerät kann defekt, neu eingerichtet oder in fremden Händen sein. Hat niemand daran gearbeitet, trennen Sie es vom Netz und rufen Sie die Leitstelle.',
    ],
  },
  reasons: {
    'it is open': 'ist offen',
    'it is silent': 'meldet sich nicht',
    'it is being tampered with': 'wird gerade geöffnet oder abgenommen',
    'nobody knows yet whether it is open': 'noch weiß niemand, ob es offen ist',
    'there is motion': 'dort bewegt sich etwas',
    'somebody is coming in': 'jemand kommt gerade herein',
    'the alarm must be disarmed first': 'erst muss der Alarm ausgeschaltet werden',
    'and it is watched at all times': 'und es wird jederzeit überwacht',
    "it can't be left out": 'es kann nicht ausgenommen werden',
  },
};
