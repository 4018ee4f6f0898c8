import { render } from 'preact';
import { language, languageReady } from '../kit/i18n.ts';
import '../kit/kit.css';
import './site.css';
import { Site } from './site.tsx';

document.documentElement.lang = language();
void languageReady().then(() => render(<Site />, document.body));

// Only over TLS or on this very machine do browsers offer it; without it the page works while the gateway is there.
if ('serviceWorker' in navigator && import.meta.env.PROD)
  navigator.serviceWorker.register('./service-worker.js').catch((error: unknown) => console.warn(error));
