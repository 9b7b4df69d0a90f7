'use strict';
// How Node runs a server. Plain JavaScript of 2015, so that any Node can read it.
//
// A call leaves some tens of KB of short-lived objects. V8's own young generation begins at 1 MiB: a collection comes every
// few dozen calls and finds calls in flight alive, which moves them to the old generation. At 16 MiB it comes rarely and
// finds nearly nothing, memory is as large after the first thousand calls as after a million, and what is written stays
// in the processor's caches, which from 32 MiB on costs more than the collections that are saved. One allocation arena
// of glibc instead of one for each thread keeps what threads free from staying where nobody takes it.
//
// V8 takes a server without calls for a page that nobody looks at: a few seconds later it collects all garbage twice, and
// with it goes what it knew of the objects that its fast code was made for. The next calls took three times as long, for
// some two seconds; without it they do not.
const FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=16', '--no-memory-reducer'];
const VARIABLES = { MALLOC_ARENA_MAX: '1' };

exports.FLAGS = FLAGS;
exports.VARIABLES = VARIABLES;

/** Starts this process anew as a server's, in place; goes on as it is where it is one, or where that cannot be done. */
exports.becomeServer = function becomeServer(program) {
  const flags = process.execArgv.concat((process.env.NODE_OPTIONS || '').split(' '));
  const isTuned = flags.some(function (flag) {
    return /semi-space-size/.test(flag);
  });
  // A process that was forked talks to its parent through what would be lost.
  if (isTuned || process.send !== undefined || typeof process.execve !== 'function') return;
  const args = [process.execPath].concat(process.execArgv, FLAGS, program, process.argv.slice(2));
  try {
    process.execve(process.execPath, args, Object.assign({}, VARIABLES, process.env));
  } catch (_) {
    // Not on this system: a server without it is slower, and a server all the same.
  }
};
