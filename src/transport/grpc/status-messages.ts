/** Messages of Google's error model, which gRPC tools know: what `grpc-status-details-bin` holds. */

/** `google.rpc.Status`. */
export interface StatusMessage {
  readonly code: number;
  readonly message: string;
  readonly details: readonly AnyMessage[];
}

export interface AnyMessage {
  readonly type_url: string;
  readonly value: Uint8Array;
}

export interface ErrorInfoMessage {
  readonly reason: string;
  readonly domain: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface RetryInfoMessage {
  readonly retry_delay: { readonly seconds: number | bigint; readonly nanos: number };
}

export interface BadRequestMessage {
  readonly field_violations: readonly { readonly field: string; readonly description: string }[];
}
