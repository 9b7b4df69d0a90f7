/** The tree of `turnpike policy`: what each command does is in `policy/`. */
import type { Command } from 'commander';
import type { Ended } from './command.ts';
import type { Io } from './io.ts';

export function addPolicyCommands(program: Command, _io: Io, _ended: Ended): void {
  program.command('policy').description('check, format, test, build and inspect policies');
}
