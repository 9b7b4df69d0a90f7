/** The contract of HeldDecisions on every implementation that needs no server. */
import { heldDecisionsContract } from './held-decisions.ts';
import { IN_MEMORY, OF_WORKERS } from './held-decisions-driver.ts';

heldDecisionsContract(IN_MEMORY);
heldDecisionsContract(OF_WORKERS);
