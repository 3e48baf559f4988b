/*
 * Runs programs, those of a lane one after the other and lanes side by side, and prints a line of JSON for each:
 * node run-programs.mjs LANES.json, a list of lists of { file, reached, cwd }.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Milliseconds: a guard against programs that hang. */
const TIMEOUT = 60_000;

function run({ file, cwd }) {
  const env = { ...process.env, HOME: cwd, XDG_DATA_HOME: cwd, NODE_OPTIONS: '' };
  return new Promise((done) => {
    execFile(process.execPath, [file], { cwd, env, timeout: TIMEOUT }, (error, stdout, stderr) => {
      if (!error) done('');
      else
        done(
          `${error.killed ? `not done after ${TIMEOUT / 1000} s\n` : ''}${stdout}${stderr}` || error.message,
        );
    });
  });
}

for (const lane of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  void (async () => {
    for (const job of lane) {
      const fault = await run(job);
      const reached = readFileSync(job.reached, 'utf8').split('\n').filter(Boolean);
      console.log(JSON.stringify({ file: job.file, reached, fault }));
    }
  })();
}
