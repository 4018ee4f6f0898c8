// Shows alerts while the desk is closed. It keeps no file and no answer: the desk is only as good as it is fresh.
// Version __VERSION__.
const acknowledge = 'acknowledge';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (activate) => activate.waitUntil(self.clients.claim()));

self.addEventListener('push', (push) => {
  let alert;
  try {
    alert = push.data.json();
  } catch {
    return;
  }
  const { id, incident, title, text, severity, isQuiet, open, acknowledge: taking } = alert;
  push.waitUntil(
    self.registration.showNotification(title, {
      body: text,
      // News of an incident takes the place of what was said of it before.
      tag: incident === '' ? id : incident,
      renotify: isQuiet !== true,
      silent: isQuiet === true,
      requireInteraction: severity === 'critical' && isQuiet !== true,
      data: { open, taking },
      actions: taking === undefined ? [] : [{ action: acknowledge, title: 'I have it' }],
    }),
  );
});

const show = async (address) => {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const url = address ?? self.registration.scope;
  for (const page of pages) {
    await page.focus();
    if (address !== undefined) await page.navigate(url).catch(() => undefined);
    return;
  }
  await self.clients.openWindow(url);
};

const take = async ({ taking, open }) => {
  // Only ever back to where this worker came from.
  if (new URL(taking).origin !== self.location.origin) return show(open);
  const answer = await fetch(taking, { method: 'POST', headers: { accept: 'application/json' } });
  const { done, says } = await answer.json();
  await self.registration.showNotification(done ? 'You have it' : 'That did not work', {
    body: says,
    silent: true,
  });
};

self.addEventListener('notificationclick', (click) => {
  click.notification.close();
  const { open, taking } = click.notification.data ?? {};
  click.waitUntil(
    click.action === acknowledge && taking !== undefined
      ? take({ taking, open }).catch(() => show(open))
      : show(open),
  );
});
