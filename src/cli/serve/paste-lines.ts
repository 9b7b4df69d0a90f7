/** The three lines that a server prints to be pasted: each asks for the same decision by another way. */
import type { GrpcConfig, HttpConfig } from '../../config/config.ts';
import { DEFAULT_SERVER } from '../ask-server.ts';

export interface Listening {
  /** Where each listener listens, such as `127.0.0.1:9191`; absent where it is off. */
  readonly grpc?: string;
  readonly http?: string;
}

export interface PasteOptions {
  readonly grpc: Pick<GrpcConfig, 'tls' | 'reflection'>;
  readonly http: Pick<HttpConfig, 'tls'>;
  /** Whether a key has to be shown: then the lines take it from TURNPIKE_KEY. */
  readonly asksForKey: boolean;
}

const CALLER = { team: 'search', application: 'assistant', environment: 'prod', roles: ['service'] };
const QUESTION = { call: { operation: 'chat', task: 'summarize', input_tokens: 1200 }, caller: CALLER };

export function pasteLines(listening: Listening, options: PasteOptions): readonly string[] {
  const { grpc, http } = { grpc: reachable(listening.grpc), http: reachable(listening.http) };
  const question = JSON.stringify(QUESTION);
  const lines: string[] = [];
  if (http !== undefined) {
    const { tls } = options.http;
    const security = tls === undefined ? '' : ` --cacert ${tls.certFile}`;
    const key = options.asksForKey ? ' -H "authorization: Bearer $TURNPIKE_KEY"' : '';
    const url = `${tls === undefined ? 'http' : 'https'}://${http}/v1/decide`;
    lines.push(`curl -sS${security}${key} ${url} -H 'content-type: application/json' -d '${question}'`);
  }
  if (grpc !== undefined) {
    const { tls, reflection } = options.grpc;
    const security = tls === undefined ? '-plaintext' : `-cacert ${tls.certFile}`;
    const key = options.asksForKey ? ' -H "authorization: Bearer $TURNPIKE_KEY"' : '';
    const description = reflection ? '' : ' -import-path proto -proto turnpike/v1/decision.proto';
    lines.push(`grpcurl ${security}${key}${description} -d '${question}' ${grpc} turnpike.v1.DecisionService/Decide`);
  }
  lines.push(
    `npx turnpike decide${serverFlags(grpc, http, options)} --team search --application assistant --environment prod --role service --task summarize --input-tokens 1200`,
  );
  return lines;
}

/** What `decide` needs to find the server; it reads the key from TURNPIKE_KEY by itself. */
function serverFlags(grpc: string | undefined, http: string | undefined, options: PasteOptions): string {
  if (grpc !== undefined) {
    const { tls } = options.grpc;
    if (tls !== undefined) return ` --server grpcs://${grpc} --tls-ca ${tls.certFile}`;
    return grpc === DEFAULT_SERVER ? '' : ` --server ${grpc}`;
  }
  return ` --server ${options.http.tls === undefined ? 'http' : 'https'}://${http}`;
}

/** Who listens on every address is reached on the loopback one. */
function reachable(address: string | undefined): string | undefined {
  return address?.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
}
