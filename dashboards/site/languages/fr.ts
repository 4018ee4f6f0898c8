import type { PartialTranslation } from '../../kit/i18n.ts';
import type { en } from './en.ts';

/** French texts of the site page, begun: what is not here yet is said in English. */
export const fr: PartialTranslation<typeof en> = {
  'site.now': 'Maintenant',
  'site.temperatures': 'Froid',
  'site.schedule': 'Horaires',
  'site.devices': 'Appareils',
  'arming.title': 'Alarme',
  'alarm.see': 'J’ai vu',
  'alarm.do': 'Que faire',
  'well.calm': 'Tout va bien',
  'door.title': 'Portes',
  'door.contact.open': 'Ouverte',
  'door.contact.closed': 'Fermée',
};
