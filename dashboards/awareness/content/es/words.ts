import type { words as english } from '../en/words.ts';

export const words: Readonly<Partial<Record<keyof typeof english, string>>> = {
  'site.skip': 'Al contenido',
  'site.languages': 'Idioma',
  'site.none': 'Sin cookies. Sin seguimiento. Nada de otros sitios.',
  'nav.lessons': 'Lecciones',
  'nav.game': 'Juego',
  'nav.certificate': 'Certificado',
  'nav.staff': 'Para el personal',
  'nav.privacy': 'Privacidad',
  'home.title': 'Vea el fraude antes de que le vea a usted',
  'home.play': 'Jugar',
  'home.learn': 'Empezar con una lección',
  'game.trap': 'Una trampa',
  'game.true': 'Auténtico',
};
