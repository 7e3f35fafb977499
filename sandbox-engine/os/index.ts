export * from './api.ts';
export * from './dns.ts';
export * from './http.ts';
export * from './resolve.ts';
export * from './sockets.ts';
