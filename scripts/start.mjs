// npm start: everything that a fresh clone needs to show the site on this machine. Plain Node 20 or later.
//   node scripts/start.mjs [--port N]
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './prepare.mjs';
import { serve } from './serve.mjs';

const wanted = process.argv.indexOf('--port');
const port = Number(wanted > 0 ? process.argv[wanted + 1] : (process.env.PORT ?? 4321));

ensureInstalled();
ensureBuilt();

/** The next free port, if that one is taken. */
async function listen(from) {
  for (let candidate = from; ; candidate += 1) {
    try {
      return await serve(join(root, 'dist'), candidate);
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || candidate > from + 20) throw error;
    }
  }
}

const server = await listen(port);
console.log(`\n  Overnet: http://localhost:${server.address().port}/\n\n  Ctrl-C ends it.`);
