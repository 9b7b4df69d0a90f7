/** What a transport knows of a request before anybody understood it. */

export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  /** A client certificate that the TLS layer verified. */
  | { readonly kind: 'certificate'; readonly subject: string };

export interface Arrival {
  readonly transport: 'grpc' | 'http' | 'embedded';
  /** `turnpike.v1.DecisionService/Decide` on gRPC, `POST /v1/decide` (method and route template) on HTTP. */
  readonly operation: string;
  readonly credential: Credential;
  /** Reads a header or metadata value by lower-case name; used for W3C trace context only. */
  readonly header: (name: string) => string | undefined;
  /** Milliseconds since the epoch; absent means that the caller set none. */
  readonly deadlineAtMs?: number;
}
