/** `provider/model` apart, with the provider called what OpenTelemetry calls it. */

/** Names of the semantic conventions where they differ from ours; any other provider keeps its own. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['azure', 'azure.ai.openai'],
  ['bedrock', 'aws.bedrock'],
  ['gemini', 'gcp.gemini'],
  ['google', 'gcp.gemini'],
  ['mistral', 'mistral_ai'],
  ['vertex', 'gcp.vertex_ai'],
  ['xai', 'x_ai'],
]);

export function splitTarget(target: string): { readonly provider: string; readonly model: string } {
  const slash = target.indexOf('/');
  if (slash < 0) return { provider: target, model: target };
  const provider = target.slice(0, slash);
  return { provider: PROVIDERS.get(provider) ?? provider, model: target.slice(slash + 1) };
}
