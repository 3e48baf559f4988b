'use strict';
/* Packs all packages once, for all test files. */
const { mkdtempSync } = require('fs');
const { tmpdir } = require('os');
const { join } = require('path');
const { packAll } = require('../../../scripts/pack-all.cjs');

module.exports = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'atomsync-tarballs-'));
  const began = Date.now();
  const packages = await packAll(folder);
  process.env.ATOMSYNC_TARBALLS = JSON.stringify({ folder, packages });
  process.stderr.write(
    `Packed ${packages.map(({ name }) => name).join(', ')} in ${((Date.now() - began) / 1000).toFixed(1)} s\n`,
  );
};
