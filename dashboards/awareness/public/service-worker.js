// Keeps the pages on the device, for use without network. It is there only after its person has allowed it. What the
// cloud says (warnings, certificates) is never kept. The build puts the names in.
const VERSION = '__VERSION__';
const FILES = ['__FILES__'];
const CACHE = `gatehouse-learn-${VERSION}`;
/** A server that takes longer to send a page is as good as away. */
const PATIENCE_MS = 4000;

self.addEventListener('install', (install) => {
  install.waitUntil(
    caches
      .open(CACHE)
      // `./` itself leads on to a language: it is not kept.
      .then((cache) => cache.addAll(FILES.filter((file) => file !== './')))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (activate) => {
  activate.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith('gatehouse-learn-') && name !== CACHE)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

const kept = async (address) => (await caches.open(CACHE)).match(address, { ignoreSearch: true });

self.addEventListener('fetch', (asked) => {
  const { request } = asked;
  const url = new URL(request.url);
  const base = new URL('./', self.location.href).pathname;
  if (request.method !== 'GET' || url.origin !== self.location.origin || !url.pathname.startsWith(base))
    return;
  if (request.mode === 'navigate') {
    const language = (self.navigator.language ?? 'en').startsWith('de') ? 'de' : 'en';
    const page =
      url.pathname === base
        ? `${base}${language}/index.html`
        : `${url.pathname.replace(/index\.html$/, '')}index.html`;
    asked.respondWith(
      fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(
        async () => (await kept(page)) ?? Response.error(),
      ),
    );
    return;
  }
  asked.respondWith(kept(request).then((file) => file ?? fetch(request)));
});
