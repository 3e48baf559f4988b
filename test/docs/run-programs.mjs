/*
 * Runs jobs, those of a lane one after the other and lanes side by side, each in a process of its own, and prints a line
 * of JSON for each: node run-programs.mjs LANES.json, a list of lists of { id, programs: [{ last, file, cwd }] }.
 *
 * The process of a job is this file with `--job`: it imports the programs in turn, and is over with the last of them;
 * open sockets do not keep it.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Milliseconds: a guard against programs that hang. */
const TIMEOUT = 120_000;
/** Begins a line on stderr that is for the one who started the job. */
const MARK = '\u0001';

async function runPrograms(programs) {
  const tell = (what) => writeSync(2, `\n${MARK}${JSON.stringify(what)}\n`);
  globalThis.reached = (title) => tell({ reached: title });
  for (const { last, file, cwd } of programs) {
    process.chdir(cwd);
    process.env.HOME = process.env.XDG_DATA_HOME = cwd;
    try {
      await import(pathToFileURL(file).href);
    } catch (error) {
      tell({ last, fault: error?.stack ?? String(error) });
    }
  }
  process.exit(0);
}

function run({ id, programs }) {
  const args = [process.argv[1], '--job', JSON.stringify(programs)];
  const env = { ...process.env, NODE_OPTIONS: '' };
  return new Promise((done) => {
    const child = execFile(process.execPath, args, { env, timeout: TIMEOUT }, (error, stdout, stderr) => {
      jobs.delete(child);
      const lines = stderr.split('\n');
      const told = lines.filter((line) => line.startsWith(MARK)).map((line) => JSON.parse(line.slice(1)));
      const said = lines.filter((line) => !line.startsWith(MARK)).join('\n');
      const why = error?.killed ? `not done after ${TIMEOUT / 1000} s` : `ended with ${error?.code}`;
      done({
        id,
        reached: told.flatMap(({ reached }) => reached ?? []),
        faults: Object.fromEntries(told.filter(({ fault }) => fault).map(({ last, fault }) => [last, fault])),
        end: error ? `${why}\n${stdout}${said}` : '',
      });
    });
    jobs.add(child);
  });
}

const jobs = new Set();
process.once('SIGTERM', () => {
  for (const child of jobs) child.kill('SIGKILL');
  process.exit(1);
});

if (process.argv[2] === '--job') {
  await runPrograms(JSON.parse(process.argv[3]));
} else {
  for (const lane of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
    void (async () => {
      for (const job of lane) console.log(JSON.stringify(await run(job)));
    })();
  }
}
