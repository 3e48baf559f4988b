'use strict';
/*
 * Runs an npm script that is a jest run, and prints `passed failed` on stdout when it is over:
 *
 *   node scripts/ci-tests.cjs test
 *   node scripts/ci-tests.cjs test:packages
 *
 * Files with a failure are run once more, one at a time: what passes then wants more of a machine than it had, and is named
 * in the end. What fails again has failed.
 */
const { spawnSync } = require('child_process');
const { mkdtempSync, readFileSync, rmSync } = require('fs');
const { tmpdir } = require('os');
const { join, relative } = require('path');

const [script] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'atomsync-ci-'));

function run(name, ...args) {
  const file = join(folder, `${name}.json`);
  const { status } = spawnSync(
    'npm',
    ['run', '--silent', script, '--', '--ci', '--json', `--outputFile=${file}`, ...args],
    // Jest's own words are on stderr; its JSON would be on stdout too.
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    const failed = result.testResults.filter((each) => each.status === 'failed').map((each) => each.name);
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      files: failed,
      whole: !result.wasInterrupted && (status === 0 || failed.length > 0),
    };
  } catch {
    // An install or a build that failed leaves no summary, and must not look like a pass.
    return { passed: 0, failed: 1, files: [], whole: false };
  }
}

const first = run('first');
let { passed, failed } = first;
if (!first.whole) failed = Math.max(failed, 1);
else if (first.files.length > 0) {
  const again = run('again', '--runInBand', '--runTestsByPath', ...first.files);
  if (again.whole) {
    passed += Math.max(0, failed - again.failed);
    failed = again.failed;
    const late = first.files.filter((file) => !again.files.includes(file));
    for (const file of late)
      console.error(`== failed at first, passed by itself: ${relative(process.cwd(), file)}`);
  }
}
rmSync(folder, { recursive: true, force: true });
console.log(passed, failed);
