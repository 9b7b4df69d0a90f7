/** What a command for developers was asked to do. */

/**
 * Where its help is asked for, or where something is wrong with what it was asked, that is told with how it is used, and
 * the process ends: with 0, or with 2.
 * @param usage ends with a line feed
 * @param read throws what is wrong; undefined: help is asked for
 */
export function askedOf<Asked>(usage: string, read: () => Asked | undefined): Asked {
  try {
    const asked = read();
    if (asked !== undefined) return asked;
  } catch (reason) {
    process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n${usage}`);
    process.exit(2);
  }
  process.stdout.write(usage);
  process.exit(0);
}
