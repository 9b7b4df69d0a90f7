/** Port of every way in: bytes ⇄ request and reply, no rule of business. `compose.ts` starts and drains them. */
export interface Transport {
  readonly name: string;
  /** @returns the address it listens on, such as `127.0.0.1:9191`; @throws Failure `address_in_use` */
  start(): Promise<string>;
  /** Stops accepting, finishes what runs, and cuts what is still running after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
}
