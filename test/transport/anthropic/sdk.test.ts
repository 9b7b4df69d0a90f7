/** Anthropic's SDK against the front door, with the simulated vendor right behind it. */
import { simulatedTarget } from '../sdk-server.ts';
import { anthropicSdkCases } from './sdk-cases.ts';

anthropicSdkCases(simulatedTarget());
