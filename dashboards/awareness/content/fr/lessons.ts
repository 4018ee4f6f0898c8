import type { LessonTexts } from '../course.ts';
import type { Begun } from '../said.ts';

export const lessons: Begun<LessonTexts> = {
  'fake-shops': {
    title: 'Fausses boutiques',
    summary: 'Distinguer une boutique qui vend d’une boutique qui ne fait qu’encaisser.',
  },
  phishing: {
    title: 'Hameçonnage',
    summary: 'Des messages qui veulent votre mot de passe, votre code ou votre clic.',
  },
  'safe-payment': {
    title: 'Payer en sécurité',
    summary: 'Quels moyens de paiement vous protègent, et ce que vous validez vraiment.',
  },
  'parcel-scams': { title: 'Arnaques au colis', summary: 'Faux frais, faux avis de passage, faux livreurs.' },
  tailgating: {
    title: 'Passer derrière quelqu’un',
    summary: 'Pourquoi une porte tenue est l’entrée la plus courante.',
  },
  counter: {
    title: 'Ruses au comptoir',
    summary: 'Ceux qui veulent des données, de la marchandise ou un accès, et le demandent gentiment.',
  },
  'cold-chain': { title: 'La chaîne du froid', summary: 'De 2 à 8 °C, sans interruption, preuve à l’appui.' },
  robbery: {
    title: 'En cas de braquage',
    summary: 'Que personne ne soit blessé. Tout le reste se remplace.',
  },
};
