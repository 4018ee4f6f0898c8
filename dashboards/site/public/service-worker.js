// Keeps the page's own files on the device, so that it opens without the gateway and says so. What the gateway
// says (api/) is never kept: an old "all is well" is worse than none. The build puts the names in.
const VERSION = '__VERSION__';
const FILES = ['__FILES__'];
const CACHE = `gatehouse-site-${VERSION}`;
/** A gateway that takes longer to send the page is as good as away. */
const PATIENCE_MS = 4000;

self.addEventListener('install', (install) => {
  install.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (activate) => {
  activate.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

const kept = async (request) => {
  const cache = await caches.open(CACHE);
  return cache.match(request, { ignoreSearch: true });
};

self.addEventListener('fetch', (asked) => {
  const { request } = asked;
  const url = new URL(request.url);
  const base = new URL('./', self.location.href).pathname;
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (!url.pathname.startsWith(base) || url.pathname.startsWith(`${base}api/`)) return;
  if (request.mode === 'navigate') {
    // The newest page while the gateway is there, the kept one when it is not.
    asked.respondWith(
      fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(
        async () => (await kept(new Request('./'))) ?? Response.error(),
      ),
    );
    return;
  }
  asked.respondWith(kept(request).then((file) => file ?? fetch(request)));
});
