// npm run check: format and lint, types, layers, dead code, content. Each is one test.
import { spawnSync } from 'node:child_process';
import { environment, root } from './prepare.mjs';

const checks = {
  'format and lint': ['biome', 'ci', '--colors=off', '--max-diagnostics=30', '.'],
  'types of the engine': ['tsc', '-p', 'sandbox-engine'],
  'types of the worker': ['tsc', '-p', 'sandbox-engine/worker'],
  'types of the tests': ['tsc', '-p', 'tests'],
  'types of the site': ['astro', 'check', '--minimumFailingSeverity', 'error'],
  layers: ['depcruise', '--config', 'tests/arch/dependency-cruiser.mjs', 'sandbox-engine', 'src'],
  'dead code': ['knip'],
  content: ['node', 'scripts/check-content.mjs'],
};

const wanted = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const [name, [command, ...args]] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  const held = status === 0;
  console.log(`${held ? 'ok    ' : 'failed'} ${name}`);
  if (held) passed += 1;
  else {
    failed += 1;
    process.stdout.write(`${stdout ?? ''}${stderr ?? ''}`);
  }
}
console.log(`check: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
