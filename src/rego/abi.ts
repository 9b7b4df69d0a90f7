/** OPA's WASM ABI 1.2 and 1.3: what a compiled policy imports and exports, checked once and typed. Fails as Failure `bundle_invalid`. */
import { Failure } from '../core/failure.ts';
import { FUEL_EXPORT } from './meter/meter.ts';

/** Address in the policy's memory; 0 is none. */
export type Address = number;

export interface PolicyExports {
  /** The fuel counter that `meter` added. */
  readonly fuel: WebAssembly.Global<'i32'>;
  builtins(): Address;
  entrypoints(): Address;
  eval(context: Address): number;
  opa_eval(
    reserved: 0,
    entrypoint: number,
    data: Address,
    input: Address,
    inputSizeBytes: number,
    heap: Address,
    format: 0 | 1,
  ): Address;
  opa_eval_ctx_new(): Address;
  opa_eval_ctx_set_input(context: Address, value: Address): void;
  opa_eval_ctx_set_data(context: Address, value: Address): void;
  opa_eval_ctx_set_entrypoint(context: Address, entrypoint: number): void;
  opa_eval_ctx_get_result(context: Address): Address;
  opa_malloc(sizeBytes: number): Address;
  opa_free(block: Address): void;
  opa_json_dump(value: Address): Address;
  opa_value_parse(text: Address, sizeBytes: number): Address;
  opa_heap_ptr_get(): Address;
  opa_heap_ptr_set(heap: Address): void;
}

const FUNCTIONS = [
  'builtins',
  'entrypoints',
  'eval',
  'opa_eval',
  'opa_eval_ctx_new',
  'opa_eval_ctx_set_input',
  'opa_eval_ctx_set_data',
  'opa_eval_ctx_set_entrypoint',
  'opa_eval_ctx_get_result',
  'opa_malloc',
  'opa_free',
  'opa_json_dump',
  'opa_value_parse',
  'opa_heap_ptr_get',
  'opa_heap_ptr_set',
] as const satisfies readonly (keyof PolicyExports)[];

const IMPORTS: readonly string[] = [
  'memory',
  'opa_abort',
  'opa_println',
  'opa_builtin0',
  'opa_builtin1',
  'opa_builtin2',
  'opa_builtin3',
  'opa_builtin4',
];

/** @throws Failure `bundle_invalid` when the module is not compiled policy */
export function checkModule(module: WebAssembly.Module): void {
  const foreign = WebAssembly.Module.imports(module).filter(
    (entry) => entry.module !== 'env' || !IMPORTS.includes(entry.name),
  );
  if (foreign.length > 0) {
    const names = foreign.map((entry) => `${entry.module}.${entry.name}`).join(', ');
    throw new Failure('bundle_invalid', `policy.wasm imports what no policy needs: ${names}`);
  }
  const exported = new Map(WebAssembly.Module.exports(module).map((entry) => [entry.name, entry.kind]));
  const missing: string[] = FUNCTIONS.filter((name) => exported.get(name) !== 'function');
  if (exported.get(FUEL_EXPORT) !== 'global') missing.push(FUEL_EXPORT);
  if (missing.length > 0) {
    throw new Failure(
      'bundle_invalid',
      `policy.wasm is not compiled policy (OPA WASM ABI 1.2 or 1.3): no export ${missing.join(', ')}`,
    );
  }
}

/** @throws Failure `bundle_invalid` when the instance speaks another ABI */
export function readExports(instance: WebAssembly.Instance): PolicyExports {
  const { exports } = instance;
  const version = `${globalNumber(exports['opa_wasm_abi_version'])}.${globalNumber(exports['opa_wasm_abi_minor_version'])}`;
  if (version !== '1.2' && version !== '1.3') {
    throw new Failure('bundle_invalid', `policy.wasm speaks OPA WASM ABI ${version}; 1.2 and 1.3 are supported`);
  }
  const functions = Object.fromEntries(FUNCTIONS.map((name) => [name, exports[name]]));
  // `checkModule` has seen every one of them, of the right kind; WebAssembly has no types that could say more.
  return { ...functions, fuel: exports[FUEL_EXPORT] } as unknown as PolicyExports;
}

function globalNumber(exported: WebAssembly.ExportValue | undefined): unknown {
  return exported instanceof WebAssembly.Global ? exported.value : 'none';
}
