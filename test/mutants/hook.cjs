/*
 * Loaded first (`node --require`): one source file reads with a fault planted in it, in this process and its workers.
 * Compilers and jest read sources through `fs`, so what they compile, and cache, is the planted text.
 *
 *   ATOMSYNC_MUTANT       JSON of { file, edits: [[from, to], …] }, the file as an absolute path
 *   ATOMSYNC_MUTANT_SEEN  a file that is written when the source was read
 */
const fs = require('node:fs');

const { file, edits } = JSON.parse(process.env.ATOMSYNC_MUTANT);
const read = fs.readFileSync;

fs.readFileSync = function (path, ...rest) {
  const text = read.call(this, path, ...rest);
  if (path !== file) return text;
  let planted = String(text);
  for (const [from, to] of edits) {
    if (planted.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`);
    planted = planted.replace(from, () => to);
  }
  fs.writeFileSync(process.env.ATOMSYNC_MUTANT_SEEN, '');
  return typeof text === 'string' ? planted : Buffer.from(planted);
};
