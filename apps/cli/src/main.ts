#!/usr/bin/env node
import './production';
import { run } from './run';

void run(process.argv.slice(2)).then((code) => {
  // What was written to pipes leaves before the process does.
  process.exitCode = code;
});
