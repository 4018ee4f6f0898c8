import type { WordsOfAlarms } from './words.ts';

export const es: WordsOfAlarms = {
  alarms: {
    'forced-open': [
      ': se abrió sin tarjeta, sin pulsador de salida y sin desbloqueo.',
      'No vaya solo. Mire la imagen de la cámara. Si hay un extraño, llame a la policía y a la central de seguridad.',
    ],
    'held-open': [
      ': lleva demasiado tiempo abierta.',
      'Cierre la puerta. Si no cierra, alguien se queda allí hasta que la reparen.',
    ],
    'door-propped': [
      ': la mantienen abierta.',
      'Retire lo que sujeta la puerta y compruebe que cierra. Pregunte quién ha entrado mientras tanto.',
    ],
    'opened-after-hours': [
      ': se abrió fuera del horario.',
      'Averigüe quién está allí. Si nadie responde, llame a la central de seguridad.',
    ],
    'cabinet-opened': [
      ': se abrió sin nadie autorizado.',
      'Mire quién está en el armario y compruebe las existencias entre dos.',
    ],
    'door-controller-alarm': [
      ': el controlador de la puerta da la alarma.',
      'Vaya a la puerta con alguien. Ciérrela y mire si la han forzado.',
    ],
    tailgating: [
      ': han entrado varios con una sola tarjeta.',
      'Mire la imagen de la puerta. Pregunte a quien no conozca qué desea.',
    ],
    'anti-passback': [
      ': una tarjeta entró dos veces sin salir.',
      'Averigüe quién tiene la tarjeta: su titular debe mostrarla. Si está prestada o perdida, haga que la bloqueen.',
    ],
    'exit-unused': [
      ': se activó la salida, pero nadie salió.',
      'Mire la puerta por ambos lados: un sensor de salida puede activarse desde fuera con un alambre o un gas.',
    ],
    delivery: [
      ': algo no cuadra con la entrega.',
      'No entregue nada todavía. Compare el nombre y el vehículo con el aviso, y llame al transportista al número que usted conoce.',
    ],
    'temperature-excursion': [
      ': temperatura fuera del rango permitido.',
      'Cierre la puerta y mire el termómetro. Traslade la mercancía, póngala en cuarentena y llame a la persona responsable: solo ella decide.',
    ],
    'camera-obscured': ['no ve nada.', 'Mire si la cámara está tapada o girada. De noche no vaya solo.'],
    'camera-blind': [
      'no da imágenes.',
      'Mire la cámara y su cable: ¿está ahí, está cortado o suelto? Hasta que vuelva a ver, alguien vigila la sala.',
    ],
    'camera-login-failures': [
      ': alguien intenta entrar en la cámara.',
      'Averigüe por la dirección quién es. Si no es nadie de ustedes, desconecte la cámara de la red y cambie su contraseña.',
    ],
    'camera-not-recording': [
      'no graba.',
      'Mire la tarjeta de memoria o el grabador: ¿está ahí, lleno, gastado? Compruebe que vuelve a grabar.',
    ],
    'camera-replaced': [
      ': hay otra cámara en su lugar.',
      'Si nadie de ustedes la cambió, vaya a verla, compare el número de serie y llame a la central de seguridad.',
    ],
    'silent-device': [
      'no responde.',
      'Compruebe la pila y la corriente del aparato. Si no basta, llame al instalador.',
    ],
    'low-battery': [': pila baja.', 'Cambie la pila esta semana; el tipo figura dentro de la tapa.'],
    'mains-lost': [
      ': sin corriente.',
      'Mire si la calle también está a oscuras. Si no, revise los fusibles con alguien. Mantenga cerradas las neveras y traslade la mercancía a la media hora.',
    ],
    'device-fault': [
      'comunica una avería.',
      'Resuelva lo que indica el aparato: etiquetas, cinta, tapa, carga. Si no, llame al instalador.',
    ],
    'badge-in-two-places': [
      ': la misma tarjeta se mostró en dos sitios, más rápido de lo que nadie puede ir.',
      'Bloquee la tarjeta. Pregunte a su dueño dónde está. En el otro lector hay alguien con una copia: no vaya solo.',
    ],
    'setting-changed': [
      ': se cambió un ajuste sin orden.',
      'Pregunte quién lo hizo. Si no fue nadie, restablezca el valor en el aparato y desconéctelo de la red.',
    ],
    'left-area': [
      'está fuera de su zona.',
      'Llame al conductor. Si no responde, llame a la policía y dé la última posición.',
    ],
    'expired-item': [
      'ha leído un envase caducado.',
      'No lo dispense. Apártelo y busque el mismo lote en el estante.',
    ],
    tamper: [': lo han abierto o arrancado.', 'Vaya a mirar con alguien. No toque nada si hay algo forzado.'],
    flapping: [
      'cambia de estado sin parar.',
      'Compruebe que el sensor está bien sujeto y que la puerta cierra bien.',
    ],
    'alarm-schedule-changed': [
      ': se cambió el horario de la alarma.',
      'Pregunte a la persona nombrada si fue ella. Si no, restablezca el horario.',
    ],
    'access-denied-burst': [
      ': varias tarjetas rechazadas seguidas.',
      'Mire quién está en el lector. No deje entrar a nadie sin tarjeta.',
    ],
    'motion-while-armed': [
      'detecta movimiento con la alarma conectada.',
      'No entre. Mire la imagen de la cámara y llame a la policía.',
    ],
    intrusion: [
      ': ha saltado la alarma.',
      'No entre. Llame a la policía y a la central de seguridad, y espere. Si fue usted: desconecte la alarma y avise a la central.',
    ],
    duress: [
      ': alguien desconectó la alarma bajo amenaza.',
      'No llame al local ni deje que allí se note nada. Llame de inmediato a la policía.',
    ],
    'arming-refused': [
      ': la alarma no pudo conectarse.',
      'Cierre lo que está abierto, o exclúyalo por su nombre, y conéctela a mano: el local no está protegido.',
    ],
    'lock-not-following': [
      ': la cerradura no obedece.',
      'Pruebe la puerta con la mano. Si se abre, alguien se queda allí hasta que la reparen.',
    ],
    'transmission-lost': [
      ': no se alcanza la central receptora de alarmas.',
      'Compruebe la línea. Hasta que vuelva, allí no se oyen las alarmas.',
    ],
    'gateway-trouble': [
      'necesita atención.',
      'Mire la pasarela: ¿está enchufada, sin polvo y en un sitio fresco? ¿Funciona el router? Llame después a quien la cuida y léale este mensaje.',
    ],
    'gateway-trouble/disk': [
      'tiene el disco casi lleno.',
      'Llame a quien cuida la pasarela. Con el disco lleno se pierden registros.',
    ],
    'gateway-trouble/outbox': [
      'guarda cada vez más datos que la central no recoge.',
      'Compruebe que el router e Internet funcionan y llame después a quien cuida la pasarela.',
    ],
    'gateway-trouble/temperature': [
      'está demasiado caliente.',
      'Mire la pasarela: ¿está tapada, con polvo o al sol?',
    ],
    'gateway-trouble/power': [
      'funciona con batería: no tiene corriente.',
      'Mire el enchufe y el fusible. La batería dura poco.',
    ],
    'gateway-trouble/load': [
      'tiene más trabajo del que puede su procesador.',
      'Si no se pasa solo, llame a quien cuida la pasarela.',
    ],
    'gateway-trouble/memory': [
      'tiene poca memoria libre.',
      'Si no se pasa solo, llame a quien cuida la pasarela.',
    ],
    'gateway-trouble/clock': [
      'no sabe con seguridad qué hora es.',
      'Compruebe la red: de ahí toma la hora la pasarela. Mientras tanto los registros llevan una hora aproximada.',
    ],
    'gateway-trouble/records': [
      'tuvo que abandonar registros: su disco estaba lleno.',
      'Llame a quien cuida la pasarela. Lo que falta consta como hueco en el registro.',
    ],
    'rule-keys-full': [
      ': una regla tiene más que observar de lo que puede recordar.',
      'Llame a quien cuida la pasarela: probablemente un aparato inventa nombres.',
    ],
    'unusual-value': [
      ': medidas poco habituales.',
      'Mire las medidas de los últimos días. Si hay un motivo inofensivo, anótelo; si no, haga revisar el aparato.',
    ],
    'unusual-for-hour': [
      ': medidas poco habituales para esta hora.',
      'Averigüe qué es distinto a esta hora: calefacción, una puerta, personas, un temporizador.',
    ],
    'level-changed': [
      ': el nivel medido ha cambiado de forma duradera.',
      'Quizá alguien giró el termostato, movió la sonda o cambió el aparato. Si es así, anótelo; si no, haga que lo revisen.',
    ],
    'stuck-value': [
      'da siempre el mismo valor.',
      'Caliente la sonda con la mano: el valor debe moverse. Si no, cambie el aparato; mientras tanto mida a mano.',
    ],
    'rapid-change': [
      ': la medida cambia con una rapidez inusual.',
      'Mire enseguida si hay una puerta o tapa abierta, si han sacado la sonda o si algo se quema.',
    ],
    'missing-readings': [
      'no da medidas.',
      'Nadie sabe qué temperatura hay: mida a mano. Mire después el aparato, su pila y su radio.',
    ],
    'unusual-traffic': [
      'se comunica de otra manera que antes.',
      'El aparato puede estar averiado, recién configurado o en otras manos. Si nadie ha trabajado en él, desconéctelo de la red y llame a la central de seguridad.',
    ],
  },
  reasons: {
    'it is open': 'está abierto',
    'it is silent': 'no responde',
    'it is being tampered with': 'lo están abriendo o arrancando',
    'nobody knows yet whether it is open': 'aún no se sabe si está abierto',
    'there is motion': 'hay movimiento',
    'somebody is coming in': 'alguien está entrando',
    'the alarm must be disarmed first': 'primero hay que desconectar la alarma',
    'and it is watched at all times': 'y se vigila en todo momento',
    "it can't be left out": 'no se puede dejar fuera',
  },
};
