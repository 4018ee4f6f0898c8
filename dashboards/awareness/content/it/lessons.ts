import type { LessonTexts } from '../course.ts';
import type { Begun } from '../said.ts';

export const lessons: Begun<LessonTexts> = {
  'fake-shops': {
    title: 'Negozi falsi',
    summary: 'Distinguere un negozio che vende da uno che incassa soltanto.',
  },
  phishing: { title: 'Phishing', summary: 'Messaggi che vogliono la password, il codice o un clic.' },
  'safe-payment': {
    title: 'Pagare in sicurezza',
    summary: 'Quali pagamenti proteggono e che cosa si autorizza davvero.',
  },
  'parcel-scams': { title: 'Truffe dei pacchi', summary: 'Spese false, avvisi falsi, corrieri falsi.' },
  tailgating: {
    title: 'Entrare dietro a qualcuno',
    summary: 'Perché una porta tenuta aperta è l’ingresso più comune.',
  },
  counter: {
    title: 'Trucchi al banco',
    summary: 'Chi vuole dati, merce o accesso, e lo chiede con gentilezza.',
  },
  'cold-chain': {
    title: 'La catena del freddo',
    summary: 'Da 2 a 8 °C, senza interruzioni e con una prova.',
  },
  robbery: {
    title: 'Durante una rapina',
    summary: 'Che nessuno si faccia male. Tutto il resto si sostituisce.',
  },
};
