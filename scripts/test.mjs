// npm test: everything, from a fresh clone on. Each runner counts what it ran; the last line sums them up.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { ensureInstalled, environment, root } from './prepare.mjs';

ensureInstalled();
const browser = ensureBrowser();

const folder = mkdtempSync(join(tmpdir(), 'overnet-test-'));
const totals = { passed: 0, failed: 0 };

/** Runs one stage with its output shown; answers its exit status and what it printed. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', ...args], {
      cwd: root,
      env: {
        ...environment,
        ...(browser && { CHROME_PATH: browser }),
        // vitest takes any value of FORCE_COLOR for a yes.
        NO_COLOR: '1',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
    });
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      process.stdout.write(data);
    });
    child.on('close', (status) => resolve({ status, text }));
  });
}

/** A stage and how its counts are found; one that says nothing of counts is one test. */
async function stage(name, args, count = () => undefined) {
  console.log(`\n== ${name}`);
  const result = await run(args);
  const counts = count(result) ?? { passed: 0, failed: 0 };
  // A runner that broke before it could count has failed once, whatever it counted.
  if (result.status !== 0 && counts.failed === 0) counts.failed = 1;
  if (result.status === 0 && counts.passed === 0) counts.passed = 1;
  totals.passed += counts.passed;
  totals.failed += counts.failed;
  console.log(`-- ${name}: ${counts.passed} passed, ${counts.failed} failed`);
}

/** The last line of the form `… N passed, N failed`. */
const printed = ({ text }) => {
  const found = [...text.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1);
  return found && { passed: Number(found[1]), failed: Number(found[2]) };
};
const fromFile = (file, read) => () => {
  if (!existsSync(file)) return undefined;
  return read(JSON.parse(readFileSync(file, 'utf8')));
};

const unit = join(folder, 'unit.json');
const e2e = join(folder, 'e2e.json');
environment.PLAYWRIGHT_JSON_OUTPUT_NAME = e2e;

await stage('check', ['check'], printed);
await stage(
  'unit tests',
  ['test:unit', '--', '--reporter=dot', '--reporter=json', `--outputFile.json=${unit}`],
  fromFile(unit, ({ numPassedTests, numFailedTests, numFailedTestSuites }) => ({
    passed: numPassedTests,
    failed: numFailedTests || numFailedTestSuites,
  })),
);
await stage('conformance', ['conform', '--', '--check'], printed);
await stage('build', ['build']);
await stage('sizes', ['size'], printed);
if (browser)
  await stage(
    'browser tests',
    ['test:e2e'],
    fromFile(e2e, ({ stats }) => ({
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected,
    })),
  );
else {
  totals.failed += 1;
  console.log('\n== browser tests: no browser (see above)');
}

rmSync(folder, { recursive: true, force: true });
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
