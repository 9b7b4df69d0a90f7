/**
 * Who we are at AWS. The chain of AWS's own library looks wherever AWS keeps credentials (variables, profiles and SSO,
 * processes, web identity, containers, instances); it is loaded at the first call only, because it is large. It keeps
 * what it found until 5 minutes before its end, and callers that come together share one look.
 */
import { Failure } from '../../core/failure.ts';

export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** @param options `forceRefresh`: what is kept was refused */
export type AwsIdentityChain = (options?: { readonly forceRefresh?: boolean }) => Promise<AwsIdentity>;

export interface AwsIdentitySource {
  /** @throws Failure `unavailable` */
  current(): Promise<AwsIdentity>;
  rejected(): void;
}

export interface AwsIdentityDependencies {
  readonly loadChain: () => Promise<AwsIdentityChain>;
  readonly nowMs: () => number;
}

/** After a refusal, everything is looked up anew at most so often. */
const REJECTED_PAUSE_MS = 5_000;

export function createAwsIdentitySource({ loadChain, nowMs }: AwsIdentityDependencies): AwsIdentitySource {
  let loading: Promise<AwsIdentityChain> | undefined;
  let isRejected = false;
  let lookedUpAtMs = Number.NEGATIVE_INFINITY;
  return {
    async current() {
      loading ??= loadChain();
      const forceRefresh = isRejected && nowMs() - lookedUpAtMs >= REJECTED_PAUSE_MS;
      if (forceRefresh) {
        isRejected = false;
        lookedUpAtMs = nowMs();
      }
      try {
        const chain = await loading;
        return await (forceRefresh ? chain({ forceRefresh }) : chain());
      } catch (reason) {
        // Its text may quote what a program of the operator's printed.
        const name = reason instanceof Error ? reason.name : 'error';
        throw new Failure('unavailable', `no AWS credentials were found in any place where AWS keeps them (${name})`);
      }
    },
    rejected() {
      isRejected = true;
    },
  };
}

/** @param profile of AWS's shared files; absent: as the environment says */
export async function loadAwsChain(profile: string | undefined): Promise<AwsIdentityChain> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider({ logger: SILENT, ...(profile === undefined ? undefined : { profile }) });
}

const ignore = (): void => undefined;
const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
