/** OTLP over HTTP with protobuf: the SDK's transport (headers, compression, retries, variables), our encoder. */
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
  type OTLPExporterNodeConfigBase,
} from '@opentelemetry/otlp-exporter-base/node-http';
import {
  type IExportTraceServiceResponse,
  type ISerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { createSpanEncoder } from './otlp-spans.ts';
import { ExportableSpan, type SpanFrame } from './readable-span.ts';

export function otlpHttpExporter(frame: SpanFrame, options: OTLPExporterNodeConfigBase): SpanExporter {
  const configuration = convertLegacyHttpOptions(options, 'TRACES', 'v1/traces', {
    'Content-Type': 'application/x-protobuf',
  });
  return new OTLPExporterBase(
    createOtlpHttpExportDelegate(
      configuration,
      serializerOf(frame),
      'otlp_http_span_exporter',
      TraceExporterMetricsHelper,
      undefined,
    ),
  );
}

function serializerOf(frame: SpanFrame): ISerializer<ReadableSpan[], IExportTraceServiceResponse> {
  const encode = createSpanEncoder(frame);
  return {
    // Every span that reaches this exporter was made by our pipeline; the type of the port cannot say so.
    serializeRequest: (spans) => encode(spans.filter((span) => span instanceof ExportableSpan)),
    deserializeResponse: (data) => ProtobufTraceSerializer.deserializeResponse(data),
  };
}
