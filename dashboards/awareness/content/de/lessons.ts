import type { LessonTexts } from '../course.ts';

export const lessons: LessonTexts = {
  'fake-shops': {
    title: 'Fake-Shops',
    summary: 'Einen Laden, der verkauft, von einem unterscheiden, der nur Geld nimmt.',
    picture: 'Ein Schaufenster auf einem Bildschirm, von hinten mit einer Latte abgestützt wie eine Kulisse.',
    sections: [
      {
        heading: 'So funktioniert es',
        text: 'Ein Fake-Shop ist an einem Nachmittag gebaut. Bilder und Texte sind von echten Läden kopiert, die Preise niedrig, der Name klingt bekannt. Sie zahlen im Voraus. Es kommt nichts oder etwas Wertloses.',
        points: [],
      },
      {
        heading: 'Vier Dinge ansehen',
        text: 'Das dauert zwei Minuten. Eine schlechte Antwort genügt, um zu gehen.',
        points: [
          'Die Adresse: Lesen Sie den letzten Teil vor dem ersten Schrägstrich, Buchstabe für Buchstabe. Bei lindenhof.shop-deals.example heißt der Laden shop-deals.example, nicht Lindenhof.',
          'Das Impressum: voller Name, Straße, Registernummer. Suchen Sie die Firma anderswo als im Laden selbst.',
          'Die Bezahlung: Ein echter Laden bietet mehr als Überweisung oder Gutscheinkarten – auch noch im letzten Schritt.',
          'Der Preis: Viel billiger als überall, bei allem und in jeder Größe, ist kein Glück.',
        ],
      },
      {
        heading: 'Bei Arzneimitteln noch genauer',
        text: 'In der Europäischen Union zeigt eine Versandapotheke das gemeinsame Logo mit Kreuz und Flagge. Klicken Sie darauf: Es muss zum Register des Landes führen, und dort muss genau dieser Laden stehen. Ein Bild des Logos, das nirgendwohin führt, beweist nichts. Niemand Ehrliches verkauft verschreibungspflichtige Mittel ohne Rezept.',
        points: [],
      },
    ],
    attempt: {
      situation:
        'Ein Laden, von dem Sie nie gehört haben, verkauft das gewünschte Blutdruckmessgerät um 70 % billiger. „Nur noch 2 Stück“, eine Uhr läuft ab, alle Bewertungen sind aus dieser Woche. Bezahlung: Überweisung, „Kartenzahlung wird gerade repariert“. Was tun Sie?',
      answer:
        'Gehen. Eile, Preis und kaputte Kartenzahlung gehören zusammen: Sie sollen Geld überweisen, das Sie nicht zurückbekommen. Wer sicher sein will, sucht den Namen des Ladens zusammen mit „Erfahrungen“ – nie über einen Link des Ladens.',
    },
    takeaways: [
      'Lesen Sie das Ende der Adresse, nicht ihren Anfang.',
      'Zahlen Sie so, dass man es rückgängig machen kann: Rechnung, Lastschrift, Karte.',
      'Schon bezahlt? Sofort die Bank anrufen, Bildschirmfotos aufheben, Anzeige erstatten.',
    ],
    questions: [
      {
        ask: 'Was davon gehört zum Laden lindenhof.example?',
        answers: [
          'lindenhof.example-orders.example',
          'lindenhof-example.shop.example',
          'orders.lindenhof.example/cart',
        ],
        because:
          'Es zählt das Ende des Namens vor dem ersten Schrägstrich. Nur dort steht lindenhof.example.',
      },
      {
        ask: 'Im letzten Schritt ist von fünf Zahlungsarten nur die Überweisung übrig. Was sagt das?',
        answers: [
          'Es ist ein starkes Zeichen für einen Fake-Shop.',
          'Nichts, das kommt bei großem Andrang vor.',
          'Es ist sicherer, weil die Kartennummer bei Ihnen bleibt.',
        ],
        because:
          'Eine Überweisung lässt sich kaum zurückholen. Fake-Shops zeigen andere Arten und nehmen sie am Ende weg.',
      },
      {
        ask: 'Wie prüfen Sie das Logo einer Versandapotheke?',
        answers: [
          'Es genügt, dass das Logo da ist.',
          'Anklicken: Im Register des Landes muss dieser Laden stehen.',
          'Farben mit einer anderen Apotheke vergleichen.',
        ],
        because: 'Ein Bild kann jeder kopieren. Der Eintrag im Register zählt.',
      },
      {
        ask: 'Sie haben an einen Laden überwiesen, der sich als falsch herausstellt. Was kommt zuerst?',
        answers: [
          'Dem Laden schreiben und eine Frist setzen.',
          'Die Bank anrufen und bitten, die Überweisung zu stoppen oder zurückzurufen.',
          'Zwei Wochen abwarten.',
        ],
        because:
          'In den ersten Stunden kann die Bank es manchmal noch aufhalten. Danach Belege sichern und zur Polizei.',
      },
    ],
  },
  phishing: {
    title: 'Phishing',
    summary: 'Nachrichten, die Ihr Passwort, Ihren Code oder Ihren Klick wollen.',
    picture: 'Ein Briefumschlag hängt an einem Angelhaken über ruhigem Wasser.',
    sections: [
      {
        heading: 'Ein Muster, viele Kleider',
        text: 'Jemand gibt sich als Bank, Laden, Paketdienst oder Chefin aus. Etwas soll dringend sein. Sie sollen klicken, öffnen, anrufen oder einen Code sagen. Der Text ist heute oft fehlerfrei: Gute Sprache beweist nichts.',
        points: [],
      },
      {
        heading: 'Prüfen, dann handeln',
        text: 'Fragen Sie nicht, ob es echt aussieht. Fragen Sie, was es von Ihnen will.',
        points: [
          'Absender: Sehen Sie die Adresse hinter dem Namen an. Der Name kann alles sein.',
          'Link: Zeiger darauf ruhen lassen oder am Telefon lange drücken und lesen, wohin er führt.',
          'Wunsch: Nach Passwörtern, Codes und Kartennummern wird nie per Nachricht oder Telefon gefragt.',
          'Druck: „heute“, „letztmals“, „sagen Sie es niemandem“ sind Werkzeuge, keine Tatsachen.',
        ],
      },
      {
        heading: 'Nehmen Sie Ihren eigenen Weg',
        text: 'Könnte es stimmen, gehen Sie selbst hin: Adresse eintippen, App öffnen, die Nummer auf Ihrer Karte anrufen. Ist die Sache echt, finden Sie sie dort. Ein Passkey oder ein zweiter Faktor hilft. Und ein Passwortmanager, der auf einer Seite schweigt, ist eine Warnung: Er kennt die richtige Adresse.',
        points: [],
      },
    ],
    attempt: {
      situation:
        'Eine SMS: „Ihre Bank: Ein neues Gerät wurde angemeldet. Nicht Sie? Sofort bestätigen: bank-safety.example/check“. Sie haben kein Gerät angemeldet. Was nun?',
      answer:
        'Den Link nicht anrühren. Öffnen Sie die Banking-App wie immer oder rufen Sie die Nummer auf Ihrer Karte an. Gibt es ein neues Gerät, sehen Sie es dort. Die Nachricht spielt mit genau der Angst, die klicken lässt.',
    },
    takeaways: [
      'Nie über den Link: Gehen Sie auf Ihrem eigenen Weg hin.',
      'Ein Code, den Sie bekommen, ist nur für Sie. Wer danach fragt, ist der Dieb.',
      'Schon geklickt? Passwort von einem anderen Gerät ändern, Bank und Betrieb Bescheid geben. Schnell und ohne Scham.',
    ],
    questions: [
      {
        ask: 'Wie finden Sie am sichersten heraus, ob eine Nachricht Ihrer Bank echt ist?',
        answers: [
          'Antworten und nachfragen.',
          'Die App der Bank öffnen oder die Nummer auf der Karte anrufen.',
          'Auf Rechtschreibfehler prüfen.',
        ],
        because: 'Nur ein Weg, den Sie selbst gewählt haben, führt sicher zu Ihrer Bank.',
      },
      {
        ask: 'Ein Anrufer „von der Bank“ fragt nach dem Code, der gerade per SMS kam. Sie …',
        answers: [
          'sagen ihn, denn er kennt Ihren Namen und Ihre Bank.',
          'sagen nur die ersten drei Ziffern.',
          'legen auf und rufen selbst bei der Bank an.',
        ],
        because:
          'Namen und Banken sind leicht herauszufinden. Eine Bank fragt nie nach einem Code: Er bewegt Ihr Geld.',
      },
      {
        ask: 'Ihr Passwortmanager bietet auf einer Anmeldeseite kein Passwort an. Was kann das heißen?',
        answers: [
          'Die Adresse ist nicht die, für die es gespeichert ist: anhalten und lesen.',
          'Die Seite ist zu neu für ihn.',
          'Man soll das Passwort von Hand kopieren.',
        ],
        because: 'Er vergleicht die Adresse genau und lässt sich von einem Bild nicht täuschen.',
      },
      {
        ask: 'Sie haben Ihr Passwort auf einer falschen Seite eingegeben. Was hilft am meisten?',
        answers: [
          'Die Nachricht löschen.',
          'Virenscanner laufen lassen und warten.',
          'Das Passwort sofort ändern, überall, wo es gilt, und Bescheid sagen.',
        ],
        because: 'Es zählen Minuten. Wer es sagt, schützt andere; niemand bekommt dafür die Schuld.',
      },
    ],
  },
  'safe-payment': {
    title: 'Sicher bezahlen',
    summary: 'Welche Zahlungsarten schützen und was Sie wirklich freigeben.',
    picture: 'Eine Zahlungskarte hinter einem Schild mit Haken.',
    sections: [
      {
        heading: 'Bekommen Sie es zurück?',
        text: 'Das ist die einzige Frage, die zählt, wenn Sie die andere Seite nicht kennen.',
        points: [
          'Kaum zurückzuholen: Überweisung, Echtzeitüberweisung, Gutscheinkarten, Kryptowährung, „an Freunde“.',
          'Lässt sich bestreiten: Karte, Lastschrift, Käuferschutz eines Zahlungsdienstes.',
          'Am besten: Rechnung. Erst die Ware, dann das Geld.',
        ],
      },
      {
        heading: 'Lesen, was Sie freigeben',
        text: 'Die App Ihrer Bank zeigt Betrag und Empfänger. Das zählt – nicht, was die Seite oder der Anrufer sagt. Passt es nicht zum Kauf, lehnen Sie ab. Um Geld zu BEKOMMEN, eine Zahlung zu stoppen oder etwas zu testen, braucht man nie eine Freigabe.',
        points: [],
      },
      {
        heading: 'Die Seite und die Kasse',
        text: 'Das Schloss in der Adresszeile sagt, dass niemand mitliest – nicht, dass der Laden ehrlich ist. Bezahlen Sie in Ihrem eigenen Browser, nicht auf einer Seite aus einem Chat. Verdecken Sie die Tasten bei der PIN, und benutzen Sie kein Gerät, an dem etwas lose ist.',
        points: [],
      },
    ],
    attempt: {
      situation:
        'Sie verkaufen online einen Kinderwagen. Der Käufer schickt einen Link: „Schon bezahlt! Karte eingeben, um das Geld zu erhalten.“ Auf der Seite sind das Bild Ihrer Anzeige und ein Schloss in der Adresszeile. Ist das sicher?',
      answer:
        'Nein. Um Geld zu bekommen, braucht niemand Ihre Kartennummer und niemand Ihre Freigabe. Das Bild ist kopiert, und ein Schloss hat heute jede Seite. Nennen Sie Ihre Kontonummer oder lassen Sie sich bei der Abholung bezahlen.',
    },
    takeaways: [
      'Geld, das man zurückholen kann, ist sicheres Geld.',
      'Betrag und Empfänger in der App zählen. Sonst nichts.',
      'Fremde Buchung? Sofort der Bank melden: In der EU muss sie in der Regel erstatten, was Sie nicht freigegeben haben.',
    ],
    questions: [
      {
        ask: 'Welche Zahlungsart schützt in einem unbekannten Laden am besten?',
        answers: ['Auf Rechnung, nach der Lieferung.', 'Echtzeitüberweisung.', 'Codes von Gutscheinkarten.'],
        because: 'Sie sehen zuerst die Ware. Die anderen beiden sind im Moment des Absendens weg.',
      },
      {
        ask: 'Jemand will Ihnen Geld senden und bittet Sie, das in der Banking-App freizugeben. Was geschieht dann?',
        answers: [
          'Das Geld kommt an.',
          'Sie zahlen: Eine Freigabe schickt immer Geld weg oder öffnet Ihr Konto.',
          'Nichts, es ist nur ein Test.',
        ],
        because: 'Für einen Geldeingang braucht es nie Ihre Freigabe.',
      },
      {
        ask: 'Was sagt das Schloss in der Adresszeile?',
        answers: [
          'Der Laden wurde geprüft.',
          'Die Bank steht hinter der Seite.',
          'Unterwegs liest niemand mit. Wer am anderen Ende sitzt, sagt es nicht.',
        ],
        because: 'Ein Zertifikat ist kostenlos, auch für Betrüger.',
      },
      {
        ask: 'Sie finden eine Kartenbuchung, die nicht von Ihnen ist. Sie …',
        answers: [
          'melden es sofort der Bank und lassen die Karte sperren.',
          'warten die nächste Abrechnung ab.',
          'schreiben dem Laden und hoffen.',
        ],
        because: 'Wer früh meldet, schützt sein Geld und verhindert die nächste Buchung.',
      },
    ],
  },
  'parcel-scams': {
    title: 'Paketbetrug',
    summary: 'Falsche Gebühren, falsche Zettel, falsche Boten.',
    picture: 'Ein Paket mit einem Preisschild an einer Schnur, die eine Münze aus einem Geldbeutel zieht.',
    sections: [
      {
        heading: 'Warum es so gut klappt',
        text: 'Irgendjemand wartet immer auf ein Paket. Eine Nachricht an eine Million Menschen trifft Tausende davon.',
        points: [
          'Die kleine Gebühr: „1,99 für den Zoll“. Es geht nicht um 1,99, sondern um Ihre Karte.',
          'Die App: „Zur Verfolgung installieren“. Sie liest Ihre Nachrichten samt Codes mit.',
          'Der Zettel: eine Benachrichtigung im Briefkasten mit einem Code zu einer falschen Seite oder einer teuren Nummer.',
        ],
      },
      {
        heading: 'An der Tür',
        text: 'Ein echter Bote kennt, was auf dem Etikett steht, und braucht keinen Code Ihrer Bank. Bei Arzneimitteln und wertvoller Ware weist er sich aus, und Sie dürfen danach fragen. Geben Sie nichts heraus, das „irrtümlich bei Ihnen gelandet“ ist: Verweisen Sie an den Paketdienst.',
        points: [],
      },
      {
        heading: 'Ware, die Sie nicht bestellt haben',
        text: 'Vielleicht hat jemand in Ihrem Namen bestellt. Nehmen Sie sie nicht an oder heben Sie sie ungeöffnet auf. Sehen Sie in Ihre Kundenkonten, ändern Sie das Passwort, informieren Sie den Laden und, wenn eine Rechnung kommt, die Polizei.',
        points: [],
      },
    ],
    attempt: {
      situation:
        '„Ihr Paket konnte nicht zugestellt werden: Hausnummer fehlt. Innerhalb von 12 Stunden ergänzen: parcel-help.example“. Sie warten auf ein Paket von Lindenhof. Was tun Sie?',
      answer:
        'Öffnen Sie Ihre Bestellung im Laden, kopieren Sie dort die Sendungsnummer und tippen Sie sie auf der Seite des Paketdienstes ein. Fehlt etwas, steht es dort. Ein Paket ohne Hausnummer wüsste auch Ihre Telefonnummer nicht.',
    },
    takeaways: [
      'Nur die Sendungsnummer aus Ihrer Bestellung, selbst eingetippt, sagt die Wahrheit.',
      'Keine Gebühr per Link, keine App per Link.',
      'An der Tür: ansehen, fragen, im Zweifel geschlossen lassen.',
    ],
    questions: [
      {
        ask: 'Eine Nachricht verlangt 1,99, damit Ihr Paket freigegeben wird. Worum geht es wirklich?',
        answers: ['Um 1,99.', 'Um Ihre Adresse.', 'Um Ihre Kartennummer und einen Code dazu.'],
        because:
          'Der Betrag ist klein, damit Sie nicht nachdenken. Mit der Karte wird später viel mehr geholt.',
      },
      {
        ask: 'Wie sehen Sie nach, wo Ihr Paket ist?',
        answers: [
          'Über den Link in der Nachricht.',
          'Mit der Nummer aus Ihrer Bestellung, auf der Seite, die Sie selbst öffnen.',
          'Mit einem Anruf bei der Nummer in der Nachricht.',
        ],
        because: 'Ihre Bestellung kommt vom Laden. Eine Nachricht kann von jedem kommen.',
      },
      {
        ask: 'Ein Bote an der Tür fragt nach dem Code, den Ihre Bank gerade geschickt hat. Sie …',
        answers: [
          'schließen die Tür und rufen die Bank an.',
          'sagen ihn: Er wird für die Zustellung gebraucht.',
          'schreiben ihn auf den Zettel.',
        ],
        because: 'Paketdienste haben eigene Codes. Der Code Ihrer Bank bewegt Ihr Geld.',
      },
      {
        ask: 'Es kommt ein Paket, das niemand bestellt hat. Eine Stunde später will es ein freundlicher Mann abholen. Sie …',
        answers: [
          'geben es ihm: Es gehört Ihnen ja nicht.',
          'geben es nur dem Paketdienst und informieren den Laden.',
          'öffnen und behalten es.',
        ],
        because:
          'Betrüger bestellen in Ihrem Namen und holen die Ware bei Ihnen ab. Ihnen bleibt die Rechnung.',
      },
    ],
  },
  tailgating: {
    title: 'Mitgehen durch die Tür',
    summary: 'Warum eine aufgehaltene Tür der häufigste Weg hinein ist.',
    picture: 'Eine Tür mit Kartenleser; eine Figur geht hinein, eine zweite mit Karton folgt dicht dahinter.',
    sections: [
      {
        heading: 'Freundlichkeit als Schlüssel',
        text: 'Kein Schloss muss geknackt werden, wenn jemand die Tür aufhält. Beide Hände voll, Warnweste, Telefon am Ohr: Niemand will unhöflich sein. Im Protokoll der Tür steht eine Person. Drinnen sind zwei.',
        points: [],
      },
      {
        heading: 'Wie man es sagt',
        text: 'Es braucht keinen Mut, nur einen Satz, den Sie bereit haben.',
        points: [
          '„Ich darf hier nur mich hineinlassen. Ich hole Ihnen jemanden.“',
          '„Zu wem möchten Sie? Ich bringe Sie hin.“',
          'Zur Kollegin: „Entschuldige, eine Karte, eine Person. Du kennst das ja.“',
        ],
      },
      {
        heading: 'Auch die Türen gehören dazu',
        text: 'Ziehen Sie sie zu, bis es klickt. Nie für Lieferungen verkeilen: Das Gateway meldet „steht offen“, und das, weil in diesen Minuten Dinge verschwinden. Eine verlorene Karte wird in derselben Stunde gemeldet; sie zu sperren dauert eine Minute und kostet nichts.',
        points: [],
      },
    ],
    attempt: {
      situation:
        'Liefereingang, acht Uhr morgens. Ein Mann mit zwei Kartons steht hinter Ihnen: „Könnten Sie? Meine Karte liegt im Wagen.“ Sie haben ihn schon gesehen. Was tun Sie?',
      answer:
        'Nehmen Sie ihm einen Karton ab, nicht die Regel: „Ich halte das, klingeln Sie doch.“ Oder bringen Sie ihn zur Theke, wo er eingetragen wird. Gehört er hierher, kostet es eine Minute. Wenn nicht, fällt ihm ein anderer Weg ein.',
    },
    takeaways: [
      'Eine Karte, eine Person – für alle, auch für die Chefin.',
      'Fremde begleiten, nie allein lassen.',
      'Verlorene Karte in derselben Stunde melden. Ohne Vorwurf.',
    ],
    questions: [
      {
        ask: 'Jemand mit vollen Händen will ohne Karte hinter Ihnen hinein. Sie …',
        answers: [
          'halten die Tür auf: Man sieht ja, dass er hier arbeitet.',
          'bieten Hilfe an und lassen ihn klingeln oder sich eintragen.',
          'sagen nichts und gehen weiter.',
        ],
        because: 'Freundlich sein und die Regel einhalten geht zusammen.',
      },
      {
        ask: 'Warum ist eine aufgehaltene Tür ein Problem, obwohl eine Kamera darüber hängt?',
        answers: [
          'Die Kamera zeigt hinterher, wer es war. Die Tür hält draußen.',
          'Die Kamera könnte aus sein.',
          'Sie ist kein Problem.',
        ],
        because: 'Bilder helfen beim Aufklären. Vom Schrank halten sie niemanden fern.',
      },
      {
        ask: 'Sie finden Ihre Karte seit gestern Abend nicht. Sie …',
        answers: [
          'suchen erst einmal eine Woche.',
          'leihen sich die einer Kollegin.',
          'lassen sie jetzt sperren und wieder freigeben, wenn sie auftaucht.',
        ],
        because:
          'Bis dahin öffnet sie jede Tür, die sie Ihnen öffnet. Mit einer geliehenen Karte stimmt das Protokoll nicht mehr.',
      },
      {
        ask: 'Eine Lieferung dauert. Darf die Hintertür verkeilt werden?',
        answers: [
          'Nein. Jemand bleibt an der Tür, oder man öffnet jedes Mal.',
          'Ja, wenn wenig los ist.',
          'Ja, wenn der Alarm aus ist.',
        ],
        because: 'Auf die Minuten mit unbewachter Tür wartet jemand.',
      },
    ],
  },
  counter: {
    title: 'Tricks an der Theke',
    summary: 'Menschen, die Daten, Ware oder Zutritt wollen und nett danach fragen.',
    picture: 'Eine Theke mit einer Person dahinter; gegenüber wird eine Maske an einem Stab gehalten.',
    sections: [
      {
        heading: 'Die vier Hebel',
        text: 'Social Engineering braucht keine Technik. Es benutzt, was Sie in Ihrer Arbeit gut macht.',
        points: [
          'Autorität: „Ich bin von der Zentrale, der Techniker, vom Gesundheitsamt.“',
          'Eile: „Der Patient braucht es in zehn Minuten.“',
          'Mitleid: „Nur Sie können mir noch helfen.“',
          'Geben und nehmen: erst ein kleiner Gefallen, dann der große.',
        ],
      },
      {
        heading: 'Ihre Antwort ist ein Ablauf',
        text: 'Mit einem Ablauf müssen Sie niemanden beurteilen. Er gilt für alle, und niemand kann gekränkt sein.',
        points: [
          'Zurückrufen unter einer Nummer aus der eigenen Liste, nie unter einer gerade genannten.',
          'Am Telefon nichts über Patienten oder Kunden, bevor Sie wissen, wer dran ist.',
          'Techniker: angekündigt, mit Ausweis, begleitet. Sonst kommen sie morgen wieder.',
          'Fernzugriff auf einen Rechner: nie auf Bitten eines Anrufers.',
        ],
      },
      {
        heading: 'Rezepte und Erstattungen',
        text: 'Zweimal hinsehen bei großen Mengen, Bargeld, ungewöhnlichen Kombinationen und geänderter Lieferadresse. Erstattet wird auf dem Weg, auf dem das Geld kam, nie auf eine andere Karte. Wird eine bezahlte Bestellung „schnell“ umgeleitet, fragt man zuerst nach.',
        points: [],
      },
    ],
    attempt: {
      situation:
        'Telefon: „Hier ist der Kassen-Support. Wir sehen bei Ihnen einen Fehler und müssen neu starten. Öffnen Sie bitte die Seite, die ich buchstabiere, und lesen Sie mir die Nummer vor.“ Hinter Ihnen steht eine Schlange. Was sagen Sie?',
      answer:
        '„Ich rufe Sie zurück.“ Dann auflegen und die Nummer des Supports aus der eigenen Liste wählen. Echter Support freut sich darüber. Die Nummer auf der Seite hätte die Kasse aus der Hand gegeben.',
    },
    takeaways: [
      '„Ich rufe zurück“ ist der stärkste Satz an der Theke.',
      'Eile ist ein Grund, langsamer zu werden.',
      'Versuche weitererzählen: Der nächste Anruf trifft Ihre Kollegin.',
    ],
    questions: [
      {
        ask: 'Jemand in Technikerjacke will unangekündigt an die Steuerung des Kühlschranks. Sie …',
        answers: [
          'lassen ihn hinein: Die Jacke ist echt.',
          'lassen ihn hinein, aber die Tür bleibt offen.',
          'fragen unter der eigenen Nummer bei der Firma nach und begleiten ihn, wenn es stimmt.',
        ],
        because: 'Jacken kann man kaufen. Es zählt nur, was Sie selbst geprüft haben.',
      },
      {
        ask: 'Ein „Arzt“ fragt am Telefon, welche Mittel Frau Weber nimmt. Sie …',
        answers: [
          'antworten, es ist ja ein Arzt.',
          'rufen in der Praxis unter der Nummer aus Ihren Unterlagen zurück.',
          'sagen nur die Hälfte.',
        ],
        because: 'Gesundheitsdaten sind gesetzlich geschützt, und eine Stimme beweist nichts.',
      },
      {
        ask: 'Ein Kunde will die Erstattung auf eine andere Karte als die, mit der er bezahlt hat. Sie …',
        answers: [
          'machen es, der Betrag ist derselbe.',
          'erstatten auf die Karte, mit der bezahlt wurde, oder fragen die zuständige Person.',
          'zahlen bar aus.',
        ],
        because: 'So werden gestohlene Karten geleert: mit der einen gekauft, auf die andere ausgezahlt.',
      },
      {
        ask: 'Sie haben zu spät bemerkt, dass ein Anrufer Sie ausgehorcht hat. Was ist am besten?',
        answers: [
          'Sofort melden, mit allem, was Sie noch wissen.',
          'Nichts sagen: Es ist ja noch nichts passiert.',
          'Die Nummer zurückrufen und sich beschweren.',
        ],
        because: 'Wonach gefragt wurde, verrät, was als Nächstes kommt. Früh gesagt schützt es die anderen.',
      },
    ],
  },
  'cold-chain': {
    title: 'Die Kühlkette',
    summary: 'Von 2 bis 8 °C, ohne Lücke und mit einem Nachweis, der standhält.',
    picture:
      'Ein Kühlschrank mit einem Thermometer zwischen zwei Marken und eine Kurve, die zwischen zwei Linien bleibt.',
    sections: [
      {
        heading: 'Warum zwei Grad zählen',
        text: 'Insulin, Impfstoffe und viele Biologika verlieren ihre Wirkung, wenn sie warm werden, und manche zerstört der Frost. Ansehen kann man es ihnen nicht. Zu kalt ist so schlecht wie zu warm.',
        points: [],
      },
      {
        heading: 'Jeden Tag',
        text: 'Gute Gewohnheiten verhindern die meisten Alarme.',
        points: [
          'Erst die Ware, dann das Papier: Eine Lieferung kommt sofort in den Kühlschrank.',
          'Nichts an die Rückwand, nichts in die Tür, Luft zwischen den Packungen.',
          'Kurz öffnen. Jedes Mal auf die Anzeige sehen.',
          'Nie einen Fühler abschalten, abdecken oder versetzen, weil er „immer meckert“.',
        ],
      },
      {
        heading: 'Wenn es Alarm gibt',
        text: 'Ruhig bleiben, und in dieser Reihenfolge.',
        points: [
          'Tür zu, Anzeige ansehen, Stecker und Sicherung prüfen.',
          'Ware rechtzeitig in den zweiten Kühlschrank. Uhrzeit notieren.',
          'Was warm war, kennzeichnen: „Quarantäne, nicht abgeben“. Kühl halten.',
          'Die verantwortliche Apothekerin entscheidet mit den Daten des Herstellers. Nicht raten, nicht wegwerfen.',
          'Aufschreiben, was wann war. Der Nachweis ist so viel wert wie die Ware.',
        ],
      },
    ],
    attempt: {
      situation:
        'Montag, sieben Uhr: Der Kühlschrank zeigt 5 °C, das Gateway meldet aber 11 °C von zwei bis vier in der Nacht. Ein Kunde wartet auf Insulin aus diesem Kühlschrank. Geben Sie es ab?',
      answer:
        'Nein. Es war außerhalb des Bereichs, und dass es jetzt kalt ist, heilt das nicht. In Quarantäne stellen, gekühlt, und die verantwortliche Apothekerin anrufen. Für den Kunden Insulin aus nicht betroffenem Bestand nehmen oder bringen lassen.',
    },
    takeaways: [
      '2 bis 8 °C, immer, und nachgewiesen.',
      'Zu warm oder gefroren: Quarantäne – nicht Müll und nicht Kunde.',
      'Der Alarm ist auf Ihrer Seite: Er hat es vor dem Patienten gefunden.',
    ],
    questions: [
      {
        ask: 'Ein gekühltes Paket kommt, während fünf Kunden warten. Was kommt zuerst?',
        answers: [
          'In den Kühlschrank, danach einbuchen.',
          'Einbuchen, danach in den Kühlschrank.',
          'Alle bedienen, dann das Paket.',
        ],
        because: 'Im warmen Raum verlässt eine Packung den Bereich in Minuten. Papier hat Zeit.',
      },
      {
        ask: 'Impfstoffe standen eine Stunde bei 0 °C, manche könnten gefroren sein. Sie …',
        answers: [
          'lassen sie auftauen und machen weiter.',
          'schütteln sie: Sind sie klar, sind sie gut.',
          'stellen sie in Quarantäne und fragen die verantwortliche Person.',
        ],
        because: 'Frost zerstört viele Impfstoffe, und man sieht es nicht.',
      },
      {
        ask: 'Ein Fühler meldet dreimal am Tag Alarm, weil er nah an der Tür hängt. Was ist richtig?',
        answers: [
          'Den Alarm abschalten.',
          'Melden, damit die zuständige Person ihn versetzen und die Grenzen prüfen lässt.',
          'Jedes Mal quittieren.',
        ],
        because:
          'Ein Alarm, dem niemand glaubt, ist keiner. Ob er versetzt wird, entscheidet aber nicht die Theke.',
      },
      {
        ask: 'Wer entscheidet über Ware, die zu warm war?',
        answers: [
          'Wer es bemerkt hat.',
          'Der Fahrer des Großhandels.',
          'Die verantwortliche Apothekerin, mit den Daten des Herstellers.',
        ],
        because: 'Nur die Stabilitätsdaten sagen, was ein Mittel aushält, und nur sie steht dafür ein.',
      },
    ],
  },
  robbery: {
    title: 'Bei einem Überfall',
    summary: 'Niemand wird verletzt. Alles andere lässt sich ersetzen.',
    picture: 'Zwei offene Hände, darunter ein leises Signal, das unter einer Theke hervorgeht.',
    sections: [
      {
        heading: 'Währenddessen',
        text: 'Der Täter will in zwei Minuten weg sein. Helfen Sie ihm dabei.',
        points: [
          'Tun, was verlangt wird, langsam, und ansagen: „Ich öffne jetzt die Schublade.“',
          'Hände sichtbar, keine schnelle Bewegung, nicht anstarren, nicht streiten.',
          'Nicht verfolgen, niemanden einsperren, nicht den Helden spielen.',
          'Kunden mit der Stimme beruhigen: „Bitte bleiben Sie, wo Sie sind.“',
        ],
      },
      {
        heading: 'Der stille Alarm',
        text: 'Überfalltaster oder Bedrohungscode nur, wenn es niemand sieht. Hier ist nichts zu hören; die Leitstelle sieht es und ruft die Polizei. Ein Bedrohungscode öffnet wie immer und sagt dabei, dass Sie gezwungen werden. Beides üben, mit Ansage an die Leitstelle.',
        points: [],
      },
      {
        heading: 'Danach',
        text: 'Wenn sie weg sind, und erst dann:',
        points: [
          'Tür abschließen, nach Verletzten sehen, Notruf wählen.',
          'Nichts anfassen. Zeugen bitten zu bleiben.',
          'Jede und jeder schreibt allein auf, was er gesehen hat, bevor man darüber spricht.',
          'Hilfe annehmen. Schlechter Schlaf, Zittern, Wut sind normal. Reden Sie mit jemandem, auch nach Wochen.',
        ],
      },
    ],
    attempt: {
      situation:
        'Ein Mann zeigt ein Messer und will das Geld und „die starken Tabletten“. Der Überfalltaster ist unter der Theke, einen halben Schritt links. Er sieht Sie an. Drücken Sie?',
      answer:
        'Jetzt nicht. Geben Sie ihm, was er verlangt, und sagen Sie an, was Sie tun. Führt der Weg zur Schublade am Taster vorbei und sieht er Ihre Hand nicht, dann drücken Sie. Sonst, wenn er weg ist. Kein Taster ist eine Wunde wert.',
    },
    takeaways: [
      'Leben vor Ware, immer.',
      'Stiller Alarm nur ungesehen. Sonst danach.',
      'Hilfe danach gehört dazu und ist keine Schwäche.',
    ],
    questions: [
      {
        ask: 'Was ist während eines Überfalls das Ziel?',
        answers: [
          'Die Einnahmen zu retten.',
          'Dass niemand verletzt wird.',
          'Den Täter festzuhalten, bis die Polizei kommt.',
        ],
        because: 'Geld ist versichert. Richtig ist alles, was verkürzt und beruhigt.',
      },
      {
        ask: 'Wann wird der stille Alarm gedrückt?',
        answers: [
          'Wenn es ungesehen geht, oder danach.',
          'Sofort, koste es, was es wolle.',
          'Nie, die Kameras genügen.',
        ],
        because: 'Eine gesehene Hand unter der Theke kann für eine Waffe gehalten werden.',
      },
      {
        ask: 'Der Täter rennt hinaus. Sie …',
        answers: [
          'laufen ihm nach, um das Auto zu sehen.',
          'räumen auf, damit es weitergeht.',
          'schließen ab, kümmern sich um die Menschen, wählen den Notruf.',
        ],
        because: 'Niemand verfolgt. Nichts wird angefasst: Die Spuren sind noch da.',
      },
      {
        ask: 'Warum schreibt jeder allein auf, was er gesehen hat?',
        answers: [
          'Weil es schneller geht.',
          'Weil Reden die Erinnerungen mischt und Kleinigkeiten verloren gehen.',
          'Weil die Versicherung viele Seiten will.',
        ],
        because: 'Erinnerungen gleichen sich an, sobald man sie erzählt. Getrennte Notizen sind mehr wert.',
      },
    ],
  },
};
