/** Options of Node for a server, and variables of its environment. */
declare const runtime: {
  readonly FLAGS: readonly string[];
  readonly VARIABLES: Readonly<Record<string, string>>;
  becomeServer(program: string): void;
};
export = runtime;
