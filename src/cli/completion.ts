/** `turnpike completion bash|zsh|fish`: tab completion, generated from the tree of commands. */
import type { Command } from 'commander';
import { EXIT } from './failure-text.ts';
import type { Io } from './io.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command with what may follow it. */
interface Node {
  /** Names from the program down, without the program's own. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly { readonly name: string; readonly summary: string; readonly choices: readonly string[] }[];
}

export function completionScript(shell: Shell, program: Command): string {
  const nodes = walk(program, []);
  switch (shell) {
    case 'bash':
      return bash(program.name(), nodes);
    case 'zsh':
      // zsh runs bash completions through its own adapter.
      return `#compdef ${program.name()}\nautoload -U +X bashcompinit && bashcompinit\n${bash(program.name(), nodes)}`;
    case 'fish':
      return fish(program.name(), nodes);
  }
}

export async function runCompletion(shell: Shell, program: Command, io: Io): Promise<number> {
  io.stdout.write(completionScript(shell, program));
  return EXIT.ok;
}

function walk(command: Command, path: readonly string[]): readonly Node[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const options = help.visibleOptions(command).map((option) => ({
    name: option.long ?? option.short ?? '',
    summary: option.description,
    choices: option.argChoices ?? [],
  }));
  const own = { path, options, commands: commands.map((one) => ({ name: one.name(), summary: one.description() })) };
  return [own, ...commands.filter((one) => one.name() !== 'help').flatMap((one) => walk(one, [...path, one.name()]))];
}

function bash(program: string, nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, commands, options }) => {
    const words = [...commands.map((one) => one.name), ...options.map((one) => one.name)].join(' ');
    return `    '${path.join(' ')}') words='${words}' ;;`;
  });
  const paths = nodes.filter(({ path }) => path.length > 0).map(({ path }) => `'${path.join(' ')}'`);
  return `# Tab completion of ${program}: source <(${program} completion bash)
_${program}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' word next words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in
    ${paths.join('|')}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _${program} ${program}
`;
}

function fish(program: string, nodes: readonly Node[]): string {
  const lines = [`# Tab completion of ${program}: ${program} completion fish | source`];
  for (const { path, commands, options } of nodes) {
    const inside = path.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
    const others = commands.map((one) => one.name).join(' ');
    const here = [inside, others === '' ? '' : `not __fish_seen_subcommand_from ${others}`].filter(
      (part) => part !== '',
    );
    const condition = here.length === 0 ? '' : ` -n '${here.join('; and ')}'`;
    for (const { name, summary } of commands) {
      lines.push(`complete -c ${program} -f${condition} -a ${name} -d '${quoted(summary)}'`);
    }
    for (const { name, summary, choices } of options) {
      const values = choices.length === 0 ? '' : ` -x -a '${choices.join(' ')}'`;
      lines.push(`complete -c ${program}${condition} -l ${name.replace(/^--?/, '')} -d '${quoted(summary)}'${values}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const quoted = (text: string): string => text.replace(/['\\]/g, '\\$&');
