// Pages come from the network while there is one, and from here when there is none. Files with a hash in their name never
// change: they are fetched once.
const cacheName = 'overnet-__VERSION__';
const pages = JSON.parse('__PAGES__');

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(pages))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith('overnet-') && name !== cacheName)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

/** A disk that is slow, full or broken must not stand between the page and the network. */
const patience = 400;
const known = (request) =>
  Promise.race([
    caches.match(request).catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, patience)),
  ]);

/** Writes a copy while the page already reads. */
function keep(event, response) {
  if (response.ok) {
    const copy = response.clone();
    event.waitUntil(
      caches
        .open(cacheName)
        .then((cache) => cache.put(event.request, copy))
        .catch(() => undefined),
    );
  }
  return response;
}

async function fromNetworkFirst(event) {
  try {
    return keep(event, await fetch(event.request));
  } catch (error) {
    // There is nothing else to wait for here.
    const kept = await caches.match(event.request, { ignoreSearch: true }).catch(() => undefined);
    if (kept) return kept;
    throw error;
  }
}

async function fromCacheFirst(event) {
  return (await known(event.request)) ?? fromNetworkFirst(event);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  event.respondWith(
    url.pathname.startsWith('/_astro/') ? fromCacheFirst(event) : fromNetworkFirst(event),
  );
});

// A page tells what it had loaded before this worker took over.
self.addEventListener('message', (event) => {
  const files = Array.isArray(event.data?.loaded) ? event.data.loaded : [];
  event.waitUntil(
    caches.open(cacheName).then((cache) =>
      Promise.all(
        files.map(async (file) => {
          if (!(await cache.match(file))) await cache.add(file);
        }),
      ),
    ),
  );
});
