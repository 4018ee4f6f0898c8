import type { Translation } from '../i18n.ts';
import type { en } from './en.ts';

/** French texts of the kit's own components. */
export const fr: Translation<typeof en> = {
  'kit.close': 'Fermer',
  'kit.cancel': 'Annuler',
  'kit.retry': 'Réessayer',
  'kit.loading': 'Chargement',
  'kit.skip-to-content': 'Aller au contenu',
  'kit.sections': 'Rubriques',
  'kit.more': 'Plus',
  'kit.dismiss': 'Masquer',
  'kit.notices': 'Avis',
  'kit.required': 'obligatoire',
  'kit.error.title': 'Cela n’a pas marché',
  'kit.error.unreachable': 'Le serveur est injoignable. Vérifiez le réseau ; cette page continue d’essayer.',
  'kit.error.unexpected': 'Le serveur a répondu ce que cette page ne comprend pas ({detail}).',

  'kit.theme.auto': 'Couleurs : comme l’appareil',
  'kit.theme.dark': 'Couleurs : sombres',
  'kit.theme.light': 'Couleurs : claires',

  'kit.severity.critical': 'Critique',
  'kit.severity.high': 'Grave',
  'kit.severity.medium': 'Moyen',
  'kit.severity.low': 'Faible',
  'kit.severity.info': 'Info',

  'kit.connection.live': 'Connecté',
  'kit.connection.resuming': 'Reconnexion',
  'kit.connection.offline': 'Hors ligne',
  'kit.connection.since': '{state} depuis {duration}',

  'kit.clock.rate': '×{rate}',
  'kit.clock.simulated': 'Heure simulée, {rate} fois plus rapide',
  'kit.time.now': 'à l’instant',
  'kit.time.ago': 'il y a {duration}',
  'kit.time.in': 'dans {duration}',
  'kit.time.seconds': '{count} s',
  'kit.time.minutes': '{count} min',
  'kit.time.hours': '{count} h',
  'kit.time.days': { one: '{count} jour', other: '{count} jours' },

  'kit.chart.empty': 'Aucune mesure sur cette période',
  'kit.chart.summary': '{label} : de {low} à {high}, dernière {last}.',
  'kit.chart.band': 'Autorisé : de {low} à {high}.',
  'kit.chart.outside': 'Hors de la plage autorisée.',
};
