/**
 * `grpc.health.v1`: SERVING while a policy is active and the server is not draining, for "" and for each service. The
 * status is read anew at every question; who watches is told within `POLL_MS`.
 */
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Server,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { service as HEALTH_SERVICE, type ServingStatus } from 'grpc-health-check';

interface HealthRequest {
  readonly service: string;
}

interface HealthResponse {
  readonly status: ServingStatus | 'SERVICE_UNKNOWN';
}

interface HealthList {
  readonly statuses: Readonly<Record<string, HealthResponse>>;
}

export interface Health {
  addTo(server: Server): void;
  /** NOT_SERVING from here on; streams of watchers end, since they would hold the server open. */
  drain(): void;
}

const POLL_MS = 250;

/**
 * @param names of the services
 * @param isServing asked at every question and, while somebody watches, every 250 ms
 */
export function createHealth(names: readonly string[], isServing: () => boolean): Health {
  const services = ['', ...names];
  const watchers = new Set<ServerWritableStream<HealthRequest, HealthResponse>>();
  let draining = false;
  let told: ServingStatus = 'UNKNOWN';
  let poll: NodeJS.Timeout | undefined;

  const current = (): ServingStatus => (!draining && isServing() ? 'SERVING' : 'NOT_SERVING');

  const tellWatchers = (): void => {
    const now = current();
    if (now === told) return;
    told = now;
    for (const call of watchers) call.write({ status: now });
  };

  const check: handleUnaryCall<HealthRequest, HealthResponse> = (call, callback) => {
    const { service } = call.request;
    if (services.includes(service)) callback(null, { status: current() });
    else callback({ code: status.NOT_FOUND, details: `service: ${JSON.stringify(service)} is not served here` });
  };

  const list: handleUnaryCall<object, HealthList> = (_call, callback) => {
    callback(null, { statuses: Object.fromEntries(services.map((name) => [name, { status: current() }])) });
  };

  const watch: handleServerStreamingCall<HealthRequest, HealthResponse> = (call) => {
    tellWatchers();
    if (!services.includes(call.request.service)) {
      call.write({ status: 'SERVICE_UNKNOWN' }); // the protocol keeps such a stream open
      return;
    }
    told = current();
    call.write({ status: told });
    watchers.add(call);
    poll ??= setInterval(tellWatchers, POLL_MS).unref();
    call.on('cancelled', () => {
      watchers.delete(call);
      if (watchers.size > 0) return;
      clearInterval(poll);
      poll = undefined;
    });
  };

  return {
    addTo: (server) => server.addService(HEALTH_SERVICE, { check, list, watch }),
    drain() {
      draining = true;
      tellWatchers();
      for (const call of watchers) call.end();
    },
  };
}
