/** The SDKs for Python against the front doors, with the simulated vendor right behind them. */
// needs: python-sdks
import { pythonSdkCases } from './python-sdk-cases.ts';
import { simulatedTarget } from './sdk-server.ts';

pythonSdkCases(simulatedTarget());
