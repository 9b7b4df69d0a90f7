/** Server reflection, v1 and v1alpha, so that a client without our protos can find and call what is served. */
import type { Server } from '@grpc/grpc-js';
import { loadSync, type Options, type PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { protoPath as HEALTH_FILE } from 'grpc-health-check';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { PROTO_DIRECTORY } from './wire.ts';

/**
 * The library describes one file a package, without imports: so no message of a served package may name a type of
 * another one.
 * @param files of the services that are served, below proto/
 */
export function addReflection(server: Server, files: readonly string[]): void {
  const options: Options = { keepCase: true, includeDirs: [PROTO_DIRECTORY] };
  const definitions = { ...loadSync([...files], options), ...loadSync(HEALTH_FILE, options) };
  new ReflectionService(repaired(definitions)).addToServer(server);
}

/** The loader names map entries and marks optional fields in a way that strict readers, such as Go's, refuse. */
function repaired(definitions: PackageDefinition): PackageDefinition {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      // A service is described by the messages that it uses.
      if (!('fileDescriptorProtos' in definition) || !Array.isArray(definition.fileDescriptorProtos)) {
        return [name, definition];
      }
      return [name, { ...definition, fileDescriptorProtos: definition.fileDescriptorProtos.map(repairedFile) }];
    }),
  );
}

function repairedFile(bytes: Buffer): Buffer {
  const file = descriptor.FileDescriptorProto.decode(bytes);
  // What decodes as this type has its fields; the library's types do not say so.
  for (const message of (file as descriptor.IFileDescriptorProto).messageType ?? []) repairMessage(message);
  return Buffer.from(descriptor.FileDescriptorProto.encode(file).finish());
}

/** In place, nested messages too. */
function repairMessage(message: descriptor.IDescriptorProto): void {
  for (const field of message.field ?? []) {
    const entry = message.nestedType?.find(({ name, options }) => options?.mapEntry && name === field.typeName);
    if (entry !== undefined) {
      entry.name = `${entry.name}Entry`;
      field.typeName = entry.name;
    }
    const oneof = Object.hasOwn(field, 'oneofIndex') ? message.oneofDecl?.[field.oneofIndex ?? 0] : undefined;
    if (oneof?.name === `_${field.name}`) Object.assign(field, { proto3Optional: true });
  }
  for (const nested of message.nestedType ?? []) repairMessage(nested);
}
