import type { LessonTexts } from '../course.ts';
import type { Begun } from '../said.ts';

export const lessons: Begun<LessonTexts> = {
  'fake-shops': { title: 'Tiendas falsas', summary: 'Distinguir la tienda que vende de la que solo cobra.' },
  phishing: { title: 'Phishing', summary: 'Mensajes que quieren su contraseña, su código o su clic.' },
  'safe-payment': {
    title: 'Pagar con seguridad',
    summary: 'Qué formas de pago le protegen y qué autoriza usted en realidad.',
  },
  'parcel-scams': {
    title: 'Estafas con paquetes',
    summary: 'Tasas falsas, avisos falsos, repartidores falsos.',
  },
  tailgating: {
    title: 'Entrar detrás de otro',
    summary: 'Por qué una puerta sujetada es la entrada más frecuente.',
  },
  counter: {
    title: 'Engaños en el mostrador',
    summary: 'Quienes quieren datos, mercancía o acceso, y lo piden con amabilidad.',
  },
  'cold-chain': { title: 'La cadena de frío', summary: 'De 2 a 8 °C, sin interrupción y con prueba.' },
  robbery: { title: 'En un atraco', summary: 'Que nadie resulte herido. Todo lo demás se repone.' },
};
