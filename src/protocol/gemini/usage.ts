/** Usage as Google tells it: cached tokens are part of the prompt, thoughts come beside the candidates. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { TokenCounts } from '../../core/usage.ts';
import { countAt, listAt, objectAt, textAt } from '../vendor-document.ts';

/** @returns undefined where nothing was counted: unknown is not zero */
export function readUsage(document: JsonObject): TokenCounts | undefined {
  const usage = objectAt(document, 'usageMetadata');
  const prompt = countAt(usage, 'promptTokenCount');
  if (prompt === undefined) return undefined;
  const reasoning = countAt(usage, 'thoughtsTokenCount') ?? 0;
  const cacheRead = countAt(usage, 'cachedContentTokenCount') ?? 0;
  const inputAudio = modality(usage, 'promptTokensDetails', 'AUDIO');
  const inputImage = modality(usage, 'promptTokensDetails', 'IMAGE');
  const outputAudio = modality(usage, 'candidatesTokensDetails', 'AUDIO');
  const outputImage = modality(usage, 'candidatesTokensDetails', 'IMAGE');
  const tier = tierOf(textAt(usage, 'trafficType'));
  return {
    input: prompt + (countAt(usage, 'toolUsePromptTokenCount') ?? 0),
    // Google leaves out counts that are 0.
    output: (countAt(usage, 'candidatesTokenCount') ?? 0) + reasoning,
    ...(cacheRead > 0 ? { cacheRead } : undefined),
    ...(reasoning > 0 ? { reasoning } : undefined),
    ...(inputAudio > 0 ? { inputAudio } : undefined),
    ...(inputImage > 0 ? { inputImage } : undefined),
    ...(outputAudio > 0 ? { outputAudio } : undefined),
    ...(outputImage > 0 ? { outputImage } : undefined),
    ...(tier === undefined ? undefined : { tier }),
  };
}

function modality(usage: JsonObject | undefined, list: string, name: string): number {
  let tokens = 0;
  for (const detail of listAt(usage, list)) {
    if (isJsonObject(detail) && detail['modality'] === name) tokens += countAt(detail, 'tokenCount') ?? 0;
  }
  return tokens;
}

function tierOf(trafficType: string | undefined): string | undefined {
  switch (trafficType) {
    case 'ON_DEMAND_PRIORITY':
      return 'priority';
    case 'ON_DEMAND_FLEX':
    case 'ON_DEMAND_OFFPEAK':
      return 'flex';
    default:
      return undefined;
  }
}
