'use strict';
// Runs a TypeScript program of the checkout (`node bin/dev.js test/run.ts`), on a Node that is new enough.

const path = require('path');
const url = require('url');

require('./node24.js').onNode24(__filename, function () {
  const program = path.resolve(String(process.argv[2]));
  require('module').enableCompileCache(path.join(__dirname, '..', '.cache', 'node'));
  process.argv.splice(1, 2, program);
  import(url.pathToFileURL(program).href).catch(function (reason) {
    process.stderr.write(String(reason && reason.stack) + '\n');
    process.exitCode = 1;
  });
});
