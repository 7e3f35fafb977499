// npm run bench: measures the budgets and prints a table. `--engine` leaves out what needs a built site and a browser.
// Ends with 1 when a budget is missed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { benchEngine } from '../tests/bench/engine.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rows = await benchEngine(root);
const page = join(root, 'tests', 'bench', 'page.mjs');
if (!process.argv.includes('--engine') && existsSync(page)) {
  const { benchPage } = await import(pathToFileURL(page).href);
  rows.push(...(await benchPage(root)));
}
let missed = 0;
for (const { name, value, unit, budget, least } of rows) {
  const held = budget === undefined || (least ? value >= budget : value <= budget);
  if (!held) missed += 1;
  const limit = budget === undefined ? '' : `${least ? '≥' : '≤'} ${budget} ${unit}`;
  console.log(
    `${held ? '  ' : '✗ '}${name.padEnd(58)} ${`${value.toFixed(value < 10 ? 2 : 1)} ${unit}`.padStart(12)}   ${limit}`,
  );
}
console.log(missed === 0 ? 'every budget is held' : `${missed} budget(s) missed`);
process.exitCode = missed === 0 ? 0 : 1;
