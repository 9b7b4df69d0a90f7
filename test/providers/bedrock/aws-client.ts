/** AWS's own client, over HTTP/1.1: by itself it speaks HTTP/2 to this service, which the scripted vendor does not. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { AwsIdentity } from '../../../src/providers/bedrock/aws-identity.ts';

interface AwsRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export function awsClient(origin: string, credentials: AwsIdentity): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: 'eu-central-1',
    endpoint: origin,
    credentials,
    maxAttempts: 1,
    requestHandler: {
      async handle({ method, path, headers, body }: AwsRequest) {
        const sending = httpRequest(new URL(path, origin), { method, path, headers });
        sending.end(body);
        // The event's first argument is what was answered.
        const [answer] = (await once(sending, 'response')) as [IncomingMessage];
        return { response: { statusCode: answer.statusCode ?? 0, headers: answer.headers, body: answer } };
      },
    },
  });
}
