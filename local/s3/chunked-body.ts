import { AwsError } from '../kernel/errors.ts';

const NEWLINE = '\r\n';

/**
 * The content of a body that the SDKs send in signed or check-summed chunks (`content-encoding: aws-chunked`):
 * `<hex size>[;extension]\r\n<bytes>\r\n`, ended by a chunk of size 0 and trailing headers.
 * Source: S3 API Reference, "Signature Calculations: Transferring Payload in Multiple Chunks".
 * @throws AwsError IncompleteBody
 */
export function decodeChunks(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const endOfHead = body.indexOf(NEWLINE, at);
    // Longer than any size that a body here can have, and never negative: going back would not end.
    const digits = endOfHead < 0 ? undefined : /^[\da-f]{1,8}/i.exec(body.toString('latin1', at, endOfHead))?.[0];
    const size = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
    if (size === 0) return Buffer.concat(chunks);
    const start = endOfHead + NEWLINE.length;
    if (Number.isNaN(size) || start + size > body.length) {
      throw new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
    }
    chunks.push(body.subarray(start, start + size));
    at = start + size + NEWLINE.length;
  }
}
