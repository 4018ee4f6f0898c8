import type { WordsOfAlarms } from './words.ts';

export const fr: WordsOfAlarms = {
  alarms: {
    'forced-open': [
      ' : ouverture sans badge, sans bouton de sortie et sans déverrouillage.',
      'N’y allez pas seul. Regardez l’image de la caméra. S’il y a un inconnu, appelez la police et le poste de sécurité.',
    ],
    'held-open': [
      ' : porte restée ouverte trop longtemps.',
      'Fermez la porte. Si elle ne ferme pas, quelqu’un reste là jusqu’à sa réparation.',
    ],
    'door-propped': [
      ' : porte maintenue ouverte.',
      'Retirez ce qui bloque la porte et vérifiez qu’elle ferme. Demandez qui est entré entre-temps.',
    ],
    'opened-after-hours': [
      ' : ouverture en dehors des heures d’ouverture.',
      'Vérifiez qui est là. Si personne ne répond, appelez le poste de sécurité.',
    ],
    'cabinet-opened': [
      ' : ouverture sans personne autorisée.',
      'Regardez qui est devant l’armoire et contrôlez le stock à deux.',
    ],
    'door-controller-alarm': [
      ' : le contrôleur de porte donne l’alarme.',
      'Allez à la porte, à deux. Fermez-la et regardez si elle a été forcée.',
    ],
    tailgating: [
      ' : plusieurs personnes sont entrées avec un seul badge.',
      'Regardez l’image de la porte. Demandez à qui vous ne connaissez pas ce qui l’amène.',
    ],
    'anti-passback': [
      ' : un badge est entré deux fois sans sortir.',
      'Cherchez qui a le badge : son titulaire doit le montrer. S’il est prêté ou perdu, faites-le bloquer.',
    ],
    'exit-unused': [
      ' : sortie déclenchée, mais personne n’est sorti.',
      'Regardez la porte des deux côtés : un détecteur de sortie peut être déclenché du dehors avec un fil ou du gaz.',
    ],
    delivery: [
      ' : quelque chose ne va pas avec la livraison.',
      'Ne remettez rien encore. Comparez le nom et le véhicule avec l’annonce, et appelez le transporteur au numéro que vous connaissez.',
    ],
    'temperature-excursion': [
      ' : température hors de la plage autorisée.',
      'Fermez la porte et regardez le thermomètre. Déplacez les produits, mettez-les en quarantaine et appelez la personne responsable : elle seule décide.',
    ],
    'camera-obscured': [
      'ne voit plus rien.',
      'Regardez si la caméra est couverte ou tournée. La nuit, n’y allez pas seul.',
    ],
    'camera-blind': [
      'ne donne plus d’images.',
      'Regardez la caméra et son câble : est-elle là, est-il coupé ou débranché ? En attendant, quelqu’un surveille la pièce.',
    ],
    'camera-login-failures': [
      ' : quelqu’un essaie de se connecter à la caméra.',
      'Cherchez qui c’est d’après l’adresse. Si ce n’est personne de chez vous, débranchez la caméra du réseau et changez son mot de passe.',
    ],
    'camera-not-recording': [
      'n’enregistre pas.',
      'Regardez la carte mémoire ou l’enregistreur : est-il là, plein, usé ? Vérifiez que l’enregistrement reprend.',
    ],
    'camera-replaced': [
      ' : une autre caméra est à sa place.',
      'Si personne de chez vous ne l’a changée, allez la voir, comparez le numéro de série et appelez le poste de sécurité.',
    ],
    'silent-device': [
      'ne répond plus.',
      'Vérifiez la pile et l’alimentation de l’appareil. Sinon, appelez l’installateur.',
    ],
    'low-battery': [
      ' : pile faible.',
      'Changez la pile cette semaine ; son type est indiqué dans le couvercle.',
    ],
    'mains-lost': [
      ' : plus de courant.',
      'Regardez si la rue est dans le noir. Sinon, vérifiez les fusibles, à deux. Gardez les réfrigérateurs fermés et déplacez les produits après une demi-heure.',
    ],
    'device-fault': [
      'signale une panne.',
      'Réglez ce que l’appareil indique : étiquettes, ruban, capot, charge. Sinon, appelez l’installateur.',
    ],
    'badge-in-two-places': [
      ' : le même badge présenté en deux endroits, plus vite que quiconque peut aller.',
      'Bloquez le badge. Demandez à son titulaire où il est. À l’autre lecteur se trouve quelqu’un avec une copie : n’y allez pas seul.',
    ],
    'setting-changed': [
      ' : un réglage a été modifié sans ordre.',
      'Demandez qui l’a fait. Si personne, rétablissez la valeur sur l’appareil et débranchez-le du réseau.',
    ],
    'left-area': [
      'est hors de sa zone.',
      'Appelez le conducteur. S’il ne répond pas, appelez la police et donnez la dernière position.',
    ],
    'expired-item': [
      'a lu une boîte périmée.',
      'Ne la délivrez pas. Mettez-la à part et cherchez le même lot dans le rayon.',
    ],
    tamper: [
      ' : boîtier ouvert ou arraché.',
      'Allez voir à deux. Ne touchez à rien si quelque chose a été forcé.',
    ],
    flapping: [
      'change d’état sans arrêt.',
      'Vérifiez que le capteur est bien fixé et que la porte ferme correctement.',
    ],
    'alarm-schedule-changed': [
      ' : les horaires de l’alarme ont été modifiés.',
      'Demandez à la personne nommée si c’était elle. Sinon, rétablissez les horaires.',
    ],
    'access-denied-burst': [
      ' : plusieurs badges refusés coup sur coup.',
      'Regardez qui est devant le lecteur. Ne laissez entrer personne sans badge.',
    ],
    'motion-while-armed': [
      'signale un mouvement alors que l’alarme est en marche.',
      'N’entrez pas. Regardez l’image de la caméra et appelez la police.',
    ],
    intrusion: [
      ' : l’alarme s’est déclenchée.',
      'N’entrez pas. Appelez la police et le poste de sécurité, et attendez. Si c’était vous : arrêtez l’alarme et prévenez le poste.',
    ],
    duress: [
      ' : quelqu’un a arrêté l’alarme sous la menace.',
      'N’appelez pas le site et n’y laissez rien paraître. Appelez la police tout de suite.',
    ],
    'arming-refused': [
      ' : l’alarme n’a pas pu se mettre en marche.',
      'Fermez ce qui est ouvert, ou excluez-le nommément, et mettez en marche à la main : le site n’est pas protégé.',
    ],
    'lock-not-following': [
      ' : la serrure n’obéit pas.',
      'Essayez la porte à la main. Si elle s’ouvre, quelqu’un reste là jusqu’à la réparation.',
    ],
    'transmission-lost': [
      ' : le centre de télésurveillance est injoignable.',
      'Vérifiez la ligne. En attendant, les alarmes n’y arrivent pas.',
    ],
    'gateway-trouble': [
      'demande votre attention.',
      'Regardez la passerelle : est-elle branchée, sans poussière, au frais ? Le routeur marche-t-il ? Appelez ensuite qui s’en occupe et lisez-lui ce message.',
    ],
    'gateway-trouble/disk': [
      'n’a presque plus de place sur son disque.',
      'Appelez qui s’occupe de la passerelle. Disque plein, des enregistrements se perdent.',
    ],
    'gateway-trouble/outbox': [
      'garde de plus en plus de données que le poste ne prend pas.',
      'Vérifiez que le routeur et Internet marchent, puis appelez qui s’occupe de la passerelle.',
    ],
    'gateway-trouble/temperature': [
      'est trop chaude.',
      'Regardez la passerelle : est-elle couverte, pleine de poussière ou au soleil ?',
    ],
    'gateway-trouble/power': [
      'marche sur batterie : plus de courant.',
      'Vérifiez la prise et le fusible. La batterie ne tient que peu de temps.',
    ],
    'gateway-trouble/load': [
      'a plus à faire que son processeur ne peut.',
      'Si cela ne passe pas, appelez qui s’occupe de la passerelle.',
    ],
    'gateway-trouble/memory': [
      'n’a presque plus de mémoire libre.',
      'Si cela ne passe pas, appelez qui s’occupe de la passerelle.',
    ],
    'gateway-trouble/clock': [
      'ne connaît pas l’heure avec certitude.',
      'Vérifiez le réseau : la passerelle y prend l’heure. En attendant, les enregistrements portent une heure approximative.',
    ],
    'gateway-trouble/records': [
      'a dû abandonner des enregistrements : son disque était plein.',
      'Appelez qui s’occupe de la passerelle. Ce qui manque figure comme lacune au journal.',
    ],
    'rule-keys-full': [
      ' : une règle a plus à suivre qu’elle ne peut retenir.',
      'Appelez qui s’occupe de la passerelle : un appareil invente sans doute des noms.',
    ],
    'unusual-value': [
      ' : mesures inhabituelles.',
      'Regardez les mesures des derniers jours. S’il y a une raison anodine, notez-la ; sinon, faites contrôler l’appareil.',
    ],
    'unusual-for-hour': [
      ' : mesures inhabituelles pour cette heure.',
      'Cherchez ce qui change à cette heure : chauffage, porte, personnes, minuterie.',
    ],
    'level-changed': [
      ' : le niveau mesuré a changé durablement.',
      'On a peut-être tourné le thermostat, déplacé la sonde ou remplacé l’appareil. Si oui, notez-le ; sinon, faites-le contrôler.',
    ],
    'stuck-value': [
      'donne toujours la même valeur.',
      'Chauffez la sonde avec la main : la valeur doit bouger. Sinon, remplacez l’appareil ; en attendant, mesurez à la main.',
    ],
    'rapid-change': [
      ' : la mesure change anormalement vite.',
      'Regardez tout de suite si une porte ou un couvercle est ouvert, si la sonde est sortie ou si quelque chose brûle.',
    ],
    'missing-readings': [
      'ne donne plus de mesures.',
      'Personne ne sait quelle température il fait : mesurez à la main. Regardez ensuite l’appareil, sa pile et sa radio.',
    ],
    'unusual-traffic': [
      'ne communique pas comme d’habitude.',
      'L’appareil est peut-être en panne, reconfiguré ou en d’autres mains. Si personne n’y a travaillé, débranchez-le du réseau et appelez le poste de sécurité.',
    ],
  },
  reasons: {
    'it is open': 'ouvert',
    'it is silent': 'ne répond pas',
    'it is being tampered with': 'on est en train de l’ouvrir ou de l’arracher',
    'nobody knows yet whether it is open': 'on ne sait pas encore si c’est ouvert',
    'there is motion': 'il y a du mouvement',
    'somebody is coming in': 'quelqu’un entre en ce moment',
    'the alarm must be disarmed first': 'il faut d’abord arrêter l’alarme',
    'and it is watched at all times': 'et c’est surveillé en permanence',
    "it can't be left out": 'on ne peut pas l’exclure',
  },
};
