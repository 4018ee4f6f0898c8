import type { Translation } from '../i18n.ts';
import type { en } from './en.ts';

/** Spanish texts of the kit's own components. */
export const es: Translation<typeof en> = {
  'kit.close': 'Cerrar',
  'kit.cancel': 'Cancelar',
  'kit.retry': 'Reintentar',
  'kit.loading': 'Cargando',
  'kit.skip-to-content': 'Ir al contenido',
  'kit.sections': 'Secciones',
  'kit.more': 'Más',
  'kit.dismiss': 'Ocultar',
  'kit.notices': 'Avisos',
  'kit.required': 'obligatorio',
  'kit.error.title': 'No ha funcionado',
  'kit.error.unreachable': 'No se alcanza el servidor. Compruebe la red; esta página sigue intentándolo.',
  'kit.error.unexpected': 'El servidor ha respondido algo que esta página no entiende ({detail}).',

  'kit.theme.auto': 'Colores: como el dispositivo',
  'kit.theme.dark': 'Colores: oscuros',
  'kit.theme.light': 'Colores: claros',

  'kit.severity.critical': 'Crítico',
  'kit.severity.high': 'Grave',
  'kit.severity.medium': 'Medio',
  'kit.severity.low': 'Bajo',
  'kit.severity.info': 'Info',

  'kit.connection.live': 'Conectado',
  'kit.connection.resuming': 'Reconectando',
  'kit.connection.offline': 'Sin conexión',
  'kit.connection.since': '{state} desde hace {duration}',

  'kit.clock.rate': '×{rate}',
  'kit.clock.simulated': 'Hora simulada, {rate} veces más rápida',
  'kit.time.now': 'ahora mismo',
  'kit.time.ago': 'hace {duration}',
  'kit.time.in': 'dentro de {duration}',
  'kit.time.seconds': '{count} s',
  'kit.time.minutes': '{count} min',
  'kit.time.hours': '{count} h',
  'kit.time.days': { one: '{count} día', other: '{count} días' },

  'kit.chart.empty': 'No hay medidas en este tiempo',
  'kit.chart.summary': '{label}: de {low} a {high}, última {last}.',
  'kit.chart.band': 'Permitido: de {low} a {high}.',
  'kit.chart.outside': 'Fuera del rango permitido.',
};
