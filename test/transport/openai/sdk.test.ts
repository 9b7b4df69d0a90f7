/** OpenAI's SDK against the front door, with the simulated vendor right behind it. */
import { simulatedTarget } from '../sdk-server.ts';
import { openAiSdkCases } from './sdk-cases.ts';

openAiSdkCases(simulatedTarget());
