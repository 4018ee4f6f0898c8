import type { words as english } from '../en/words.ts';

export const words: Readonly<Partial<Record<keyof typeof english, string>>> = {
  'site.skip': 'Vers le contenu',
  'site.languages': 'Langue',
  'site.none': 'Aucun cookie. Aucun suivi. Rien d’autres sites.',
  'nav.lessons': 'Leçons',
  'nav.game': 'Jeu',
  'nav.certificate': 'Certificat',
  'nav.staff': 'Pour le personnel',
  'nav.privacy': 'Confidentialité',
  'home.title': 'Voir l’arnaque avant qu’elle ne vous voie',
  'home.play': 'Jouer',
  'home.learn': 'Commencer par une leçon',
  'game.trap': 'Un piège',
  'game.true': 'Authentique',
};
