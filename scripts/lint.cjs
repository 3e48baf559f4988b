'use strict';
/* Runs every check of `npm run lint`, also after one has failed, and ends on what each of them came to. */
const { spawn } = require('child_process');

const checks = ['lint:eslint', 'lint:format', 'lint:imports', 'lint:dead', 'lint:size', 'docs'];

const run = (check) =>
  new Promise((done) => {
    let output = '';
    const child = spawn('npm', ['run', '--silent', check], { shell: process.platform === 'win32' });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => done({ check, ok: code === 0, output }));
  });

async function main() {
  const [slow, ...quick] = checks;
  // eslint takes as long as all the others together.
  const eslint = run(slow);
  const results = [];
  for (const check of quick) results.push(await run(check));
  results.unshift(await eslint);
  for (const { check, ok, output } of results) if (!ok) console.log(`\n== ${check}\n${output.trim()}\n`);
  for (const { check, ok } of results) console.log(`${ok ? 'ok    ' : 'FAILED'} ${check}`);
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
}

void main();
