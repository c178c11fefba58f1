import { createHash } from 'node:crypto';

/** A message attribute as it is on the wire; `BinaryValue` is base64. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string | undefined;
  BinaryValue?: string | undefined;
}

export type MessageAttributes = Record<string, MessageAttribute>;

export function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}

// The kind of value in the digest's encoding.
const STRING_VALUE = 1;
const BINARY_VALUE = 2;

/**
 * The digest that senders and receivers check: of each attribute, in order of name, its name, data type, kind and value, each but the
 * kind preceded by its length in four bytes. Source: SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
 */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const hash = createHash('md5');
  const add = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { DataType, StringValue, BinaryValue } = attributes[name]!;
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    hash.update(Buffer.of(BinaryValue === undefined ? STRING_VALUE : BINARY_VALUE));
    add(BinaryValue === undefined ? Buffer.from(StringValue ?? '') : Buffer.from(BinaryValue, 'base64'));
  }
  return hash.digest('hex');
}

/** What a message counts against the size limits: its body, and each attribute's name, type and value. Bytes. */
export function messageSize(body: string, attributes: MessageAttributes): number {
  let size = Buffer.byteLength(body);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    const value =
      BinaryValue === undefined ? Buffer.byteLength(StringValue ?? '') : Buffer.byteLength(BinaryValue, 'base64');
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType) + value;
  }
  return size;
}
