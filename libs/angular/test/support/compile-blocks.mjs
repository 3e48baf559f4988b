/* Compiles the TypeScript files in a folder and below with Angular's compiler, each in its place: node compile-blocks.mjs FOLDER HOME */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileAngular } from './compile-angular.mjs';

const [folder, home] = process.argv.slice(2);
try {
  const rootNames = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
  const files = await compileAngular(rootNames, home, ['jest', 'node']);
  for (const [name, text] of files) writeFileSync(name, text);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
