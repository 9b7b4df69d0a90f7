/** Where other gateways are kept between runs. */
import { join } from 'node:path';

export const PEERS: string = join(import.meta.dirname, '..', '..', '.cache', 'peers');
