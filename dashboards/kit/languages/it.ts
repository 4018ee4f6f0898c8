import type { Translation } from '../i18n.ts';
import type { en } from './en.ts';

/** Italian texts of the kit's own components. */
export const it: Translation<typeof en> = {
  'kit.close': 'Chiudi',
  'kit.cancel': 'Annulla',
  'kit.retry': 'Riprova',
  'kit.loading': 'Caricamento',
  'kit.skip-to-content': 'Vai al contenuto',
  'kit.sections': 'Sezioni',
  'kit.more': 'Altro',
  'kit.dismiss': 'Nascondi',
  'kit.notices': 'Avvisi',
  'kit.required': 'obbligatorio',
  'kit.error.title': 'Non ha funzionato',
  'kit.error.unreachable':
    'Il server non è raggiungibile. Controllate la rete; questa pagina continua a provare.',
  'kit.error.unexpected': 'Il server ha risposto qualcosa che questa pagina non capisce ({detail}).',

  'kit.theme.auto': 'Colori: come il dispositivo',
  'kit.theme.dark': 'Colori: scuri',
  'kit.theme.light': 'Colori: chiari',

  'kit.severity.critical': 'Critico',
  'kit.severity.high': 'Grave',
  'kit.severity.medium': 'Medio',
  'kit.severity.low': 'Basso',
  'kit.severity.info': 'Info',

  'kit.connection.live': 'Connesso',
  'kit.connection.resuming': 'Riconnessione',
  'kit.connection.offline': 'Non connesso',
  'kit.connection.since': '{state} da {duration}',

  'kit.clock.rate': '×{rate}',
  'kit.clock.simulated': 'Ora simulata, {rate} volte più veloce',
  'kit.time.now': 'proprio ora',
  'kit.time.ago': '{duration} fa',
  'kit.time.in': 'tra {duration}',
  'kit.time.seconds': '{count} s',
  'kit.time.minutes': '{count} min',
  'kit.time.hours': '{count} h',
  'kit.time.days': { one: '{count} giorno', other: '{count} giorni' },

  'kit.chart.empty': 'Nessuna misura in questo periodo',
  'kit.chart.summary': '{label}: da {low} a {high}, ultima {last}.',
  'kit.chart.band': 'Consentito: da {low} a {high}.',
  'kit.chart.outside': 'Fuori dall’intervallo consentito.',
};
