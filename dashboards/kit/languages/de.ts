import type { Translation } from '../i18n.ts';
import type { en } from './en.ts';

/** German texts of the kit's own components. */
export const de: Translation<typeof en> = {
  'kit.close': 'Schließen',
  'kit.cancel': 'Abbrechen',
  'kit.retry': 'Noch einmal',
  'kit.loading': 'Wird geladen',
  'kit.skip-to-content': 'Zum Inhalt',
  'kit.sections': 'Bereiche',
  'kit.more': 'Mehr',
  'kit.dismiss': 'Ausblenden',
  'kit.notices': 'Hinweise',
  'kit.required': 'nötig',
  'kit.error.title': 'Das hat nicht geklappt',
  'kit.error.unreachable':
    'Der Server ist nicht zu erreichen. Prüfen Sie das Netz; diese Seite versucht es weiter.',
  'kit.error.unexpected': 'Der Server hat etwas geantwortet, das diese Seite nicht versteht ({detail}).',

  'kit.theme.auto': 'Farben: wie das Gerät',
  'kit.theme.dark': 'Farben: dunkel',
  'kit.theme.light': 'Farben: hell',

  'kit.severity.critical': 'Sehr ernst',
  'kit.severity.high': 'Ernst',
  'kit.severity.medium': 'Mittel',
  'kit.severity.low': 'Gering',
  'kit.severity.info': 'Hinweis',

  'kit.connection.live': 'Verbunden',
  'kit.connection.resuming': 'Verbindet sich',
  'kit.connection.offline': 'Nicht verbunden',
  'kit.connection.since': '{state} seit {duration}',

  'kit.clock.rate': '×{rate}',
  'kit.clock.simulated': 'Nachgestellte Zeit, {rate}-mal so schnell',
  'kit.time.now': 'gerade eben',
  'kit.time.ago': 'vor {duration}',
  'kit.time.in': 'in {duration}',
  'kit.time.seconds': '{count} s',
  'kit.time.minutes': '{count} min',
  'kit.time.hours': '{count} h',
  'kit.time.days': { one: '{count} Tag', other: '{count} Tagen' },

  'kit.chart.empty': 'Keine Messwerte in dieser Zeit',
  'kit.chart.summary': '{label}: {low} bis {high}, zuletzt {last}.',
  'kit.chart.band': 'Erlaubt sind {low} bis {high}.',
  'kit.chart.outside': 'Außerhalb des erlaubten Bereichs.',
};
