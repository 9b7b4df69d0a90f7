/** OpenAI's SDK against the front door, with the simulated vendor right behind it. */
import { simulatedTarget } from '../sdk-server.ts';
import { openAiResponsesCases } from './responses-sdk-cases.ts';
import { openAiSdkCases } from './sdk-cases.ts';

const target = simulatedTarget();
openAiSdkCases(target);
openAiResponsesCases(target);
