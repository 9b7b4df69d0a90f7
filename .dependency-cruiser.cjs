/**
 * The import law. A room may import what its line says and nothing else of src; ports live in the room that calls
 * them, so an adapter imports core and the room whose port it serves, never another adapter.
 */
const law = {
  core: [],
  reliability: ['core'],
  engine: ['core'],
  executor: ['core', 'reliability'],
  flows: ['core', 'engine', 'executor'],
  // The vendors' protocols: pure translation, spoken by front doors and providers alike.
  protocol: ['core'],
  // Adapters: core and the port they serve.
  rego: ['core', 'engine'],
  policy: ['core', 'engine'],
  state: ['core', 'engine', 'flows'],
  ledger: ['core', 'flows', 'reports'],
  reports: ['core'],
  alerts: ['core', 'flows'],
  identity: ['core', 'flows'],
  providers: ['core', 'executor', 'protocol'],
  telemetry: ['core', 'engine', 'flows'],
  transport: ['core', 'engine', 'executor', 'flows', 'protocol'],
  config: ['core'],
  cluster: ['core'],
  // compose.ts, index.ts and cli/ may import anything.
};

const rooms = Object.entries(law).map(([room, allowed]) => ({
  name: `${room}-imports-${allowed.length === 0 ? 'nothing' : allowed.join('-and-')}`,
  comment: `src/${room} may import ${allowed.length === 0 ? 'no other room' : allowed.join(', ')}, and nothing else of src.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...rooms,
    {
      name: 'core-is-pure',
      comment: 'src/core imports no package and no Node module.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/core/' },
    },
    {
      name: 'every-room-has-a-law',
      comment: 'A new room in src/ gets its line in the law.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(cli|${Object.keys(law).join('|')})/` },
      to: {},
    },
    {
      name: 'transports-do-not-know-one-another',
      severity: 'error',
      from: { path: '^src/transport/(grpc|http)/' },
      to: { path: '^src/transport/[^/]+/', pathNot: '^src/transport/$1/' },
    },
    {
      name: 'front-doors-know-http-alone',
      comment: 'The model front doors are HTTP: they may use how it reads, replies and sends.',
      severity: 'error',
      from: { path: '^src/transport/(openai|anthropic)/' },
      to: { path: '^src/transport/[^/]+/', pathNot: '^src/transport/($1|http)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'product-imports-no-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.check.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    skipAnalysisNotInRules: true,
  },
};
