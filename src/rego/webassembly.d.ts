/** What of JavaScript's WebAssembly this room uses. TypeScript has it only among a browser's globals, which Node is not. */
// biome-ignore lint/style/noNamespace: it declares the namespace that the runtime has
declare namespace WebAssembly {
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  class Global<Type extends 'i32' = 'i32'> {
    private readonly type: Type;
    value: number;
  }

  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  type Kind = 'function' | 'global' | 'memory' | 'table' | 'tag';

  class Module {
    constructor(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>);
    static exports(module: Module): { readonly name: string; readonly kind: Kind }[];
    static imports(module: Module): { readonly module: string; readonly name: string; readonly kind: Kind }[];
  }

  type ExportValue = Global | Memory | ((...operands: number[]) => unknown);
  type ImportValue = Memory | ((...operands: number[]) => number | undefined) | ((...operands: number[]) => never);
  type ModuleImports = Readonly<Record<string, ImportValue>>;

  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, ModuleImports>>);
    readonly exports: Readonly<Record<string, ExportValue | undefined>>;
  }

  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
}
