'use strict';
const { rmSync } = require('fs');

module.exports = () => {
  const { folder } = JSON.parse(process.env.ATOMSYNC_TARBALLS);
  rmSync(folder, { recursive: true, force: true });
};
