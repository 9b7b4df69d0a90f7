/** OTLP over HTTP with protobuf: the SDK's transport (headers, compression, retries, variables), our bytes. */
import { ExportResultCode } from '@opentelemetry/core';
import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
  type OTLPExporterNodeConfigBase,
} from '@opentelemetry/otlp-exporter-base/node-http';
import {
  type IExportTraceServiceResponse,
  type ISerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { BatchExporter, EncodedBatch } from './otlp-lane.ts';

const SERIALIZER: ISerializer<EncodedBatch, IExportTraceServiceResponse> = {
  serializeRequest: ({ bytes }) => bytes,
  deserializeResponse: (data) => ProtobufTraceSerializer.deserializeResponse(data),
};

export function otlpHttpExporter(options: OTLPExporterNodeConfigBase): BatchExporter {
  const configuration = convertLegacyHttpOptions(options, 'TRACES', 'v1/traces', {
    'Content-Type': 'application/x-protobuf',
  });
  const delegate = createOtlpHttpExportDelegate(
    configuration,
    SERIALIZER,
    'otlp_http_span_exporter',
    { name: 'span', countItems: ({ spans }) => spans },
    undefined,
  );
  return {
    export(batch, done) {
      delegate.export(batch, ({ code, error }) =>
        done(code === ExportResultCode.SUCCESS ? undefined : (error ?? new Error('the collector did not take them'))),
      );
    },
    shutdown: () => delegate.shutdown(),
  };
}
