import type { PartialTranslation } from '../../kit/i18n.ts';
import type { en } from './en.ts';

/** Spanish texts of the site page, begun: what is not here yet is said in English. */
export const es: PartialTranslation<typeof en> = {
  'site.now': 'Ahora',
  'site.temperatures': 'Frío',
  'site.schedule': 'Horario',
  'site.devices': 'Dispositivos',
  'arming.title': 'Alarma',
  'alarm.see': 'Lo he visto',
  'alarm.do': 'Qué hacer',
  'well.calm': 'Todo está bien',
  'door.title': 'Puertas',
  'door.contact.open': 'Abierta',
  'door.contact.closed': 'Cerrada',
};
