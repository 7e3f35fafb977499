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

async function keep(request, response) {
  if (response.ok) {
    const cache = await caches.open(cacheName);
    await cache.put(request, response.clone());
  }
  return response;
}

async function fromNetworkFirst(request) {
  try {
    return await keep(request, await fetch(request));
  } catch (error) {
    const known = await caches.match(request, { ignoreSearch: true });
    if (known) return known;
    throw error;
  }
}

async function fromCacheFirst(request) {
  return (await caches.match(request)) ?? keep(request, await fetch(request));
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  event.respondWith(
    url.pathname.startsWith('/_astro/') ? fromCacheFirst(request) : fromNetworkFirst(request),
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
