/*
 * More than 100,000 real places through one client, a killed server, and back in three clients:
 *
 *   npm run example:cities
 *   npm run example:cities -- --limit 10000
 *
 * What happens is told in cities/story.ts; the files beside it are its props.
 */
import { readArguments, USAGE } from './cities/arguments';
import { story } from './cities/story';

const asked = readArguments(process.argv.slice(2));
if (asked.kind === 'help') {
  console.log(USAGE);
} else if (asked.kind === 'wrong') {
  console.error(`${asked.message}\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  story(asked.limit).then(
    (same) => {
      process.exitCode = same ? 0 : 1;
    },
    (error: unknown) => {
      console.error(`\n${error instanceof Error ? error.message : String(error)}`);
      process.exit(1);
    },
  );
}
