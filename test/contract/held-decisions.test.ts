/** The contract of HeldDecisions on every implementation that needs no server. */
import { heldDecisionsContract } from './held-decisions.ts';
import { LINKED, MEMORY } from './held-decisions-driver.ts';

heldDecisionsContract(MEMORY);
heldDecisionsContract(LINKED);
