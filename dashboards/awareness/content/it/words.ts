import type { words as english } from '../en/words.ts';

export const words: Readonly<Partial<Record<keyof typeof english, string>>> = {
  'site.skip': 'Al contenuto',
  'site.languages': 'Lingua',
  'site.none': 'Nessun cookie. Nessun tracciamento. Nulla da altri siti.',
  'nav.lessons': 'Lezioni',
  'nav.game': 'Gioco',
  'nav.certificate': 'Certificato',
  'nav.staff': 'Per il personale',
  'nav.privacy': 'Privacy',
  'home.title': 'Vedere la truffa prima che lei veda voi',
  'home.play': 'Giocare',
  'home.learn': 'Iniziare da una lezione',
  'game.trap': 'Una trappola',
  'game.true': 'Autentico',
};
