import type { WordsOfAlarms } from './words.ts';

export const it: WordsOfAlarms = {
  alarms: {
    'forced-open': [
      ': aperta senza badge, senza pulsante di uscita e senza sblocco.',
      'Non andate da soli. Guardate l’immagine della telecamera. Se c’è un estraneo, chiamate la polizia e la centrale di sicurezza.',
    ],
    'held-open': [
      ': aperta da troppo tempo.',
      'Chiudete la porta. Se non chiude, qualcuno resta lì finché non è riparata.',
    ],
    'door-propped': [
      ': tenuta aperta.',
      'Togliete ciò che blocca la porta e controllate che chiuda. Chiedete chi è entrato nel frattempo.',
    ],
    'opened-after-hours': [
      ': aperta fuori dall’orario.',
      'Verificate chi c’è. Se nessuno risponde, chiamate la centrale di sicurezza.',
    ],
    'cabinet-opened': [
      ': aperto senza persone autorizzate.',
      'Guardate chi è all’armadio e controllate la giacenza in due.',
    ],
    'door-controller-alarm': [
      ': il controllore della porta dà l’allarme.',
      'Andate alla porta in due. Chiudetela e guardate se è stata forzata.',
    ],
    tailgating: [
      ': con un solo badge sono entrati in più.',
      'Guardate l’immagine della porta. Chiedete a chi non conoscete che cosa desidera.',
    ],
    'anti-passback': [
      ': un badge è entrato due volte senza uscire.',
      'Verificate chi ha il badge: il titolare deve mostrarlo. Se è prestato o perso, fatelo bloccare.',
    ],
    'exit-unused': [
      ': uscita attivata, ma non è uscito nessuno.',
      'Guardate la porta da entrambi i lati: un sensore di uscita si può attivare da fuori con un filo o un gas.',
    ],
    delivery: [
      ': c’è qualcosa che non va con la consegna.',
      'Non consegnate ancora nulla. Confrontate nome e veicolo con l’annuncio e chiamate il corriere al numero che conoscete.',
    ],
    'temperature-excursion': [
      ': temperatura fuori dall’intervallo consentito.',
      'Chiudete la porta e guardate il termometro. Spostate la merce, mettetela in quarantena e chiamate la persona responsabile: decide solo lei.',
    ],
    'camera-obscured': [
      'non vede più nulla.',
      'Guardate se la telecamera è coperta o girata. Di notte non andate da soli.',
    ],
    'camera-blind': [
      'non dà più immagini.',
      'Guardate la telecamera e il suo cavo: c’è ancora, è tagliato o staccato? Finché non vede, qualcuno tiene d’occhio il locale.',
    ],
    'camera-login-failures': [
      ': qualcuno prova ad accedere alla telecamera.',
      'Verificate dall’indirizzo chi è. Se non è uno dei vostri, staccate la telecamera dalla rete e cambiate la password.',
    ],
    'camera-not-recording': [
      'non registra.',
      'Guardate la scheda di memoria o il registratore: c’è, è pieno, è consumato? Controllate che registri di nuovo.',
    ],
    'camera-replaced': [
      ': al suo posto c’è un’altra telecamera.',
      'Se nessuno dei vostri l’ha cambiata, andate a vederla, confrontate il numero di serie e chiamate la centrale di sicurezza.',
    ],
    'silent-device': [
      'non si fa più sentire.',
      'Controllate batteria e corrente del dispositivo. Se non basta, chiamate l’installatore.',
    ],
    'low-battery': [
      ': batteria scarica.',
      'Cambiate la batteria questa settimana; il tipo è scritto nel coperchio.',
    ],
    'mains-lost': [
      ': manca la corrente.',
      'Guardate se anche la strada è al buio. Altrimenti controllate i fusibili in due. Tenete chiusi i frigoriferi e dopo mezz’ora spostate la merce.',
    ],
    'device-fault': [
      'segnala un guasto.',
      'Risolvete ciò che il dispositivo indica: etichette, nastro, coperchio, carico. Altrimenti chiamate l’installatore.',
    ],
    'badge-in-two-places': [
      ': lo stesso badge mostrato in due luoghi, più in fretta di quanto chiunque possa andare.',
      'Bloccate il badge. Chiedete al titolare dove si trova. All’altro lettore c’è qualcuno con una copia: non andate da soli.',
    ],
    'setting-changed': [
      ': un’impostazione è stata cambiata senza ordine.',
      'Chiedete chi è stato. Se nessuno, ripristinate il valore sull’apparecchio e scollegatelo dalla rete.',
    ],
    'left-area': [
      'è fuori dalla sua zona.',
      'Chiamate l’autista. Se non risponde, chiamate la polizia e indicate l’ultima posizione.',
    ],
    'expired-item': [
      'ha letto una confezione scaduta.',
      'Non consegnatela. Mettetela da parte e cercate lo stesso lotto sullo scaffale.',
    ],
    tamper: [
      ': aperto o staccato.',
      'Andate a vedere in due. Non toccate nulla se qualcosa è stato forzato.',
    ],
    flapping: [
      'cambia stato di continuo.',
      'Controllate che il sensore sia ben fissato e che la porta chiuda bene.',
    ],
    'alarm-schedule-changed': [
      ': l’orario dell’allarme è stato cambiato.',
      'Chiedete alla persona indicata se è stata lei. Altrimenti ripristinate l’orario.',
    ],
    'access-denied-burst': [
      ': diversi badge rifiutati uno dopo l’altro.',
      'Guardate chi è al lettore. Non fate entrare nessuno senza badge.',
    ],
    'motion-while-armed': [
      'rileva movimento con l’allarme inserito.',
      'Non entrate. Guardate l’immagine della telecamera e chiamate la polizia.',
    ],
    intrusion: [
      ': è scattato l’allarme.',
      'Non entrate. Chiamate la polizia e la centrale di sicurezza e aspettate. Se siete stati voi: disinserite e avvisate la centrale.',
    ],
    duress: [
      ': qualcuno ha disinserito sotto minaccia.',
      'Non chiamate la sede e non fatevi accorgere di nulla. Chiamate subito la polizia.',
    ],
    'arming-refused': [
      ': l’allarme non si è potuto inserire.',
      'Chiudete ciò che è aperto, o escludetelo per nome, e inserite a mano: la sede non è protetta.',
    ],
    'lock-not-following': [
      ': la serratura non ubbidisce.',
      'Provate la porta a mano. Se si apre, qualcuno resta lì finché la serratura non è riparata.',
    ],
    'transmission-lost': [
      ': la centrale di vigilanza non è raggiungibile.',
      'Controllate la linea. Finché non torna, lì gli allarmi non arrivano.',
    ],
    'gateway-trouble': [
      'richiede attenzione.',
      'Guardate il gateway: è collegato, senza polvere e al fresco? Il router funziona? Poi chiamate chi se ne occupa e leggete questo messaggio.',
    ],
    'gateway-trouble/disk': [
      'ha il disco quasi pieno.',
      'Chiamate chi si occupa del gateway. A disco pieno si perdono registrazioni.',
    ],
    'gateway-trouble/outbox': [
      'conserva sempre più dati che la centrale non ritira.',
      'Controllate che router e Internet funzionino, poi chiamate chi si occupa del gateway.',
    ],
    'gateway-trouble/temperature': [
      'è troppo caldo.',
      'Guardate il gateway: è coperto, impolverato o al sole?',
    ],
    'gateway-trouble/power': [
      'va a batteria: manca la corrente.',
      'Guardate la spina e il fusibile. La batteria dura poco.',
    ],
    'gateway-trouble/load': [
      'ha più lavoro di quanto il processore riesca a fare.',
      'Se non passa da solo, chiamate chi si occupa del gateway.',
    ],
    'gateway-trouble/memory': [
      'ha poca memoria libera.',
      'Se non passa da solo, chiamate chi si occupa del gateway.',
    ],
    'gateway-trouble/clock': [
      'non sa con certezza che ore sono.',
      'Controllate la rete: il gateway prende l’ora da lì. Intanto le registrazioni portano un’ora approssimativa.',
    ],
    'gateway-trouble/records': [
      'ha dovuto abbandonare registrazioni: il disco era pieno.',
      'Chiamate chi si occupa del gateway. Ciò che manca risulta come lacuna nel registro.',
    ],
    'rule-keys-full': [
      ': una regola ha più da osservare di quanto possa ricordare.',
      'Chiamate chi si occupa del gateway: probabilmente un dispositivo inventa nomi.',
    ],
    'unusual-value': [
      ': misure insolite.',
      'Guardate le misure degli ultimi giorni. Se c’è un motivo innocuo, annotatelo; altrimenti fate controllare il dispositivo.',
    ],
    'unusual-for-hour': [
      ': misure insolite per quest’ora.',
      'Verificate che cosa c’è di diverso a quest’ora: riscaldamento, una porta, persone, un timer.',
    ],
    'level-changed': [
      ': il livello misurato è cambiato stabilmente.',
      'Forse qualcuno ha girato il termostato, spostato la sonda o cambiato il dispositivo. Se sì, annotatelo; se no, fatelo controllare.',
    ],
    'stuck-value': [
      'dà sempre lo stesso valore.',
      'Scaldate la sonda con la mano: il valore deve muoversi. Se no, cambiate il dispositivo; intanto misurate a mano.',
    ],
    'rapid-change': [
      ': la misura cambia in modo insolitamente rapido.',
      'Guardate subito se c’è una porta o un coperchio aperto, se la sonda è stata estratta o se qualcosa brucia.',
    ],
    'missing-readings': [
      'non dà misure.',
      'Nessuno sa che temperatura c’è: misurate a mano. Poi guardate dispositivo, batteria e radio.',
    ],
    'unusual-traffic': [
      'comunica in modo diverso dal solito.',
      'Il dispositivo può essere guasto, appena configurato o in altre mani. Se nessuno ci ha lavorato, staccatelo dalla rete e chiamate la centrale di sicurezza.',
    ],
  },
  reasons: {
    'it is open': 'è aperto',
    'it is silent': 'non si fa sentire',
    'it is being tampered with': 'qualcuno lo sta aprendo o staccando',
    'nobody knows yet whether it is open': 'non si sa ancora se è aperto',
    'there is motion': 'c’è movimento',
    'somebody is coming in': 'qualcuno sta entrando',
    'the alarm must be disarmed first': 'prima va disinserito l’allarme',
    'and it is watched at all times': 'ed è sorvegliato sempre',
    "it can't be left out": 'non si può escludere',
  },
};
