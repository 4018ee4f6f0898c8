import type { PartialTranslation } from '../../kit/i18n.ts';
import type { en } from './en.ts';

/** Italian texts of the site page, begun: what is not here yet is said in English. */
export const it: PartialTranslation<typeof en> = {
  'site.now': 'Adesso',
  'site.temperatures': 'Freddo',
  'site.schedule': 'Orario',
  'site.devices': 'Dispositivi',
  'arming.title': 'Allarme',
  'alarm.see': 'L’ho visto',
  'alarm.do': 'Che cosa fare',
  'well.calm': 'Tutto bene',
  'door.title': 'Porte',
  'door.contact.open': 'Aperta',
  'door.contact.closed': 'Chiusa',
};
