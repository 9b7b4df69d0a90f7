'use strict';
// Runs a program of this project on a Node that is new enough. Plain JavaScript of 2015, so that any Node can read it.
// The Node that runs this is used where it is new enough; otherwise the one that the checkout brings (`npm ci`).

const childProcess = require('child_process');
const fs = require('fs');
const path = require('path');

const OLDEST_MAJOR = 24;
const REEXECUTED = 'TURNPIKE_NODE_REEXECUTED';

const major = Number(process.versions.node.split('.')[0]);

/** @param {string} program path of the JavaScript file to run again, @param {() => void} run what it does */
exports.onNode24 = function onNode24(program, run) {
  if (major >= OLDEST_MAJOR) {
    delete process.env[REEXECUTED];
    quietExperimentalWarnings();
    run();
    return;
  }
  const newer = process.env[REEXECUTED] === undefined ? findNode(path.dirname(program)) : undefined;
  if (newer === undefined) {
    process.stderr.write(
      'turnpike: needs Node ' +
        OLDEST_MAJOR +
        ' or newer, and this is Node ' +
        process.versions.node +
        ' (in a checkout, npm ci brings one along).\n',
    );
    process.exitCode = 2;
    return;
  }
  const env = Object.assign({}, process.env);
  env[REEXECUTED] = '1';
  const child = childProcess.spawn(newer, [program].concat(process.argv.slice(2)), { stdio: 'inherit', env: env });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function forward(signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on('error', function (reason) {
    process.stderr.write('turnpike: could not start ' + newer + ': ' + reason.message + '\n');
    process.exitCode = 2;
  });
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
};

/** The `node` package of the checkout or of the project that installed this one. */
function findNode(from) {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', 'node', 'bin', 'node');
    if (fs.existsSync(candidate) && isNewEnough(path.join(folder, 'node_modules', 'node', 'package.json'))) {
      return candidate;
    }
    if (path.dirname(folder) === folder) return undefined;
  }
}

function isNewEnough(manifest) {
  try {
    return Number(JSON.parse(fs.readFileSync(manifest, 'utf8')).version.split('.')[0]) >= OLDEST_MAJOR;
  } catch (_) {
    return false;
  }
}

/** Type stripping and SQLite are experimental by name in the first releases of Node 24; users need not read that. */
function quietExperimentalWarnings() {
  const emit = process.emitWarning;
  process.emitWarning = function (warning, options) {
    const kind = typeof options === 'string' ? options : options && options.type;
    if (kind !== 'ExperimentalWarning') return emit.apply(process, arguments);
  };
}
